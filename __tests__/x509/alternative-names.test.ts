import { describeName, namesInCertificate, ipText } from "../../lib/x509/alternative-names";

describe("namesInCertificate", () => {
  it.each<[text: string | undefined, names: string[]]>([
    [undefined, []],
    ["DNS:a.example.com", ["DNS:a.example.com"]],
    [
      "DNS:*.example.com, IP Address:192.0.2.1, IP Address:2001:DB8:0:0:0:0:0:1",
      ["DNS:*.example.com", "IP:192.0.2.1", "IP:2001:db8::1"],
    ],
    [
      "URI:mqtts://a.example.com:8883, email:pki@example.com",
      ["URI:mqtts://a.example.com:8883", "email:pki@example.com"],
    ],
    ['DirName:"CN=a, O=b", DNS:c.example.com', ['DirName:"CN=a, O=b"', "DNS:c.example.com"]],
    ["othername:<unsupported>", ["othername:<unsupported>"]],
  ])("namesInCertificate reads %j", (text, names) => {
    expect(namesInCertificate(text).map(describeName)).toEqual(names);
  });
});

it("ipText has one spelling of an IP address, and leaves other text unchanged", () => {
  expect(["192.0.2.1", "2001:0DB8::0", "a.example.com"].map(ipText)).toEqual([
    "192.0.2.1",
    "2001:db8::",
    "a.example.com",
  ]);
});

it("describeName is only the kind of a name that is not text", () => {
  expect(describeName({ kind: "otherName", value: undefined })).toBe("otherName");
});
