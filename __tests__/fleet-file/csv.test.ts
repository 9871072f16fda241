import { read, problems, lines } from "./support";

describe("CSV", () => {
  it("CSV is read with any line breaks, without a byte order mark or empty lines", () => {
    const expected = [{ address: "a.example.com", keyVersion: 2 }, { address: "b.example.com" }];

    for (const end of ["\n", "\r\n", "\r"]) {
      const text = ["\uFEFFaddress,keyVersion", "", '"a.example.com",2', "b.example.com,", "", ""].join(end);
      expect(read("brokers.csv", text)).toEqual(expected);
    }
  });

  it("CSV separates addresses by spaces, and takes false for no password", () => {
    const text = ["passwordVariable,alternativeAddresses,address", 'false," b.example.com\n ::1",a.example.com'];

    expect(read("brokers.csv", text)).toStrictEqual([
      { passwordVariable: false, alternativeAddresses: ["b.example.com", "::1"], address: "a.example.com" },
    ]);
  });

  it("CSV needs the names of its columns in the first row", () => {
    expect(lines("brokers.csv", "adress,keyVersion,keyVersion,__proto__\na.example.com,x,,")).toEqual([
      'brokers.csv:1: "adress" is not a known column',
      'brokers.csv:1: "keyVersion" is already a column',
      'brokers.csv:1: "__proto__" is not a known column',
      "brokers.csv:1: (a list of 4) has no column address",
    ]);
    expect(lines("brokers.csv", "")).toEqual(["brokers.csv:1: [] has no column address"]);
  });

  it("CSV with more than 1,000 columns is refused with one problem", () => {
    const text = `address,${"a,".repeat(1_000)}\na.example.com\n`;

    expect(problems("brokers.csv", text)).toMatchObject([
      { path: "brokers.csv:1", reason: "has 1001 columns, but at most 1000 are read" },
      { path: "brokers.csv:2 brokers[0]" },
    ]);
  });

  it("CSV reports a row with a wrong number of cells once", () => {
    const text = ["keyVersion,keyAlgorithm,address", "1,RSA", "1,ECDSA-P256,a.example.com,", "x,,b.example.com"];

    expect(lines("brokers.csv", text)).toEqual([
      "brokers.csv:2 brokers[0]: (a list of 2) does not have as many cells as the first row, which has 3",
      "brokers.csv:3 brokers[1]: (a list of 4) does not have as many cells as the first row, which has 3",
      'brokers.csv:4 brokers[2].keyVersion: "x" is not a whole number',
    ]);
  });

  it.each([
    ['address,keyVersion\nä.example.com,1\nb.example.com,"2"3', "3", "has text after its closing quote"],
    ['address\r\n\r\nÄ"b"', "3", "has a quote in the middle"],
    ['address,csrPem\na,\n"b","c\n\n', "3", "has no closing quote"],
  ])("CSV refuses incomplete quotes: %j", (text, line, reason) => {
    expect(problems("brokers.csv", text)).toMatchObject([
      { path: `brokers.csv:${line}`, value: "(hidden text)", reason },
    ]);
  });
});

describe("CSV of spreadsheets", () => {
  const expected = [
    { address: "a.example.com", keyVersion: 2, subject: { organization: "A, B; C" } },
    { address: "b.example.com" },
  ];
  const rows = (separator: string): string[] => [
    ["address", "keyVersion", "subject.organization"].join(separator),
    ["a.example.com", "2", '"A, B; C"'].join(separator),
    ["b.example.com", "", ""].join(separator),
  ];

  it.each([",", ";", "\t"])("CSV is read with %j between cells", (separator) => {
    expect(read("brokers.csv", rows(separator).join("\r\n"))).toStrictEqual(expected);
    expect(read("brokers.csv", Buffer.from(`\ufeff${rows(separator).join("\r\n")}`, "utf16le"))).toStrictEqual(
      expected,
    );
  });

  it.each([",", ";", "\t"])("CSV is read if a line before the first row declares the separator %j", (separator) => {
    expect(read("brokers.csv", [`\ufeffsep=${separator}`, ...rows(separator)].join("\r\n"))).toStrictEqual(expected);
  });

  it("CSV is read with rows of empty cells, which are skipped", () => {
    const [header = "", first = "", ...others] = rows(",");
    const text = ["", ",,", header, ",,", first, " ,,", ...others, ",,", ",,,,"].join("\r\n");

    expect(read("brokers.csv", text)).toStrictEqual(expected);
  });

  it("CSV is read with unnamed empty columns, and with rows that leave them out", () => {
    const text = ["address,,keyVersion,,", "a.example.com,,2,,", "b.example.com, ,,,", "c.example.com,,"];

    expect(read("brokers.csv", text.join("\r\n"))).toStrictEqual([
      { address: "a.example.com", keyVersion: 2 },
      { address: "b.example.com" },
      { address: "c.example.com" },
    ]);
  });

  it("CSV needs a name for each column with a value", () => {
    expect(lines("brokers.csv", "address,,\na.example.com,x,\n")).toEqual(['brokers.csv:1: "" is not a known column']);
  });

  it("CSV reports problems with their lines and columns by name", () => {
    const text = ["sep=;", "address;keyVersion", ";", "a.example.com;x", "b.example.com"].join("\r\n");

    expect(problems("brokers.csv", text)).toMatchObject([
      { path: "brokers.csv:4 brokers[0].keyVersion", value: '"x"' },
      {
        path: "brokers.csv:5 brokers[1]",
        fix: "put a cell with a semicolon in quotes, and keep the semicolons of empty cells",
      },
    ]);
  });
});
