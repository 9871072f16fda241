import { Fragment, h, type Markup } from "../../../lib/cli/page/markup/markup";
import { toHtml } from "../../../lib/cli/page/markup/to-html";

describe("toHtml", () => {
  it("toHtml escapes texts in elements and in attributes", () => {
    const text = `</p><script>"'&amp;`;
    const written = "&lt;/p&gt;&lt;script&gt;&quot;&apos;&amp;amp;";

    expect(toHtml(h("p", { title: text }, text))).toBe(`<p title="${written}">${written}</p>`);
  });

  it("toHtml writes components and lists", () => {
    const Part = ({ name, children }: { readonly name: string; readonly children?: Markup }): Markup =>
      h(Fragment, null, name, children);

    expect(toHtml(h(Part, { name: "a" }, [h("b", null, 1), 0], h("br", null)))).toBe("a<b>1</b>0<br>");
  });

  it("toHtml leaves out missing values", () => {
    expect(toHtml([null, undefined, false, true, ""])).toBe("");
  });

  it.each([
    [{ open: true, hidden: false, id: undefined }, '<p open="">'],
    [{ "aria-disabled": false, "aria-current": true }, '<p aria-disabled="false" aria-current="true">'],
    [{ colspan: 2 }, '<p colspan="2">'],
  ])("toHtml writes attributes in the form of HTML: %j", (attributes, html) => {
    expect(toHtml(h("p", attributes))).toBe(`${html}</p>`);
  });
});
