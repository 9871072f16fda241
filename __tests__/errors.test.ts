import { inspect } from "node:util";
import {
  underPath,
  invalid,
  InvalidInputError,
  Problems,
  quote,
  suggest,
  type Problem,
  type ProblemKind,
} from "../lib/errors";
import type { FoundProblem } from "../lib/errors/problem";
import { Duration } from "../lib/values/duration";

const PEM = [
  "-----BEGIN PRIVATE KEY-----",
  "MC4CAQAwBQYDK2VwBCIEIHNlY3JldC1zZWNyZXQtc2VjcmV0",
  "-----END PRIVATE KEY-----",
].join("\n");

function problem(given: Partial<Problem> = {}): FoundProblem {
  return { path: "brokers[0].address", value: '"a_b"', reason: "has an underscore", fix: "rename it", ...given };
}

/** What is shown for a value. */
function shown(value: unknown): string | undefined {
  return invalid("a value", value, "is wrong", "put it right").problems[0]?.value;
}

/** The problems that `file` filed, in order. */
function filed(file: (problems: Problems) => void): readonly Problem[] {
  const problems = new Problems();
  file(problems);
  return problems.toError("the input").problems;
}

describe("InvalidInputError", () => {
  it("says where, what was given, what is wrong with it and what to do", () => {
    const error = new InvalidInputError('the fleet "mqtt"', [problem()]);

    expect(error.message).toBe(
      ['1 problem in the fleet "mqtt":', '  brokers[0].address: "a_b" has an underscore; rename it'].join("\n"),
    );
  });

  it("counts the problems and gives each a line of its own, in order", () => {
    const error = new InvalidInputError("the fleet", [
      problem(),
      problem({ path: "duration", value: "0", reason: "is zero", fix: "give more" }),
      problem({ path: "authority", value: "null", reason: "is not an authority", fix: "give one" }),
    ]);

    expect(error.message).toBe(
      [
        "3 problems in the fleet:",
        '  brokers[0].address: "a_b" has an underscore; rename it',
        "  duration: 0 is zero; give more",
        "  authority: null is not an authority; give one",
      ].join("\n"),
    );
  });

  it("shows no value where one is missing", () => {
    const missing = problem({ path: "shards", value: "undefined", reason: "is required", kind: "required" });

    expect(new InvalidInputError("the fleet", [missing]).message).toMatch(/^ {2}shards is required; rename it$/m);
  });

  it("has nothing that ends a line, or that a CI system takes for a command, wherever it comes from", () => {
    const error = new InvalidInputError('the fleet "##[x]"', [
      problem({
        path: "::add-mask::e.yaml:1:1 brokers[0].address",
        value: "##vso[task.x]",
        reason: "has\n::error::it",
        fix: "run: chmod \u202e",
      }),
    ]);

    expect(error.message.split("\n")).toEqual([
      '1 problem in the fleet "# #[x]":',
      String.raw`  : :add-mask::e.yaml:1:1 brokers[0].address: # #vso[task.x] has\u000a::error::it; run: chmod \u202e`,
    ]);
    expect(error.problems[0]?.path).toMatch(/^: :/);
  });

  it("names no path for a value as a whole", () => {
    const error = new InvalidInputError("an address", [problem({ path: "" })]);

    expect(error.message).toBe('1 problem in an address:\n  "a_b" has an underscore; rename it');
  });

  it("can be told from other errors by its class, its name and its code", () => {
    const error = new InvalidInputError("the fleet", [problem()]);

    expect(error).toBeInstanceOf(Error);
    expect(error).toBeInstanceOf(InvalidInputError);
    expect(error.name).toBe("InvalidInputError");
    expect(error.code).toBe("MQTT_PKI_INVALID_INPUT");
  });

  it("hands out all of its problems", () => {
    const problems = [problem(), problem({ path: "duration" })];

    expect(new InvalidInputError("the fleet", problems).problems).toMatchObject(problems);
  });

  it("tells the first 100 of its problems, and how many more it hands out", () => {
    const many = (count: number): InvalidInputError =>
      new InvalidInputError(
        "the fleet",
        Array.from({ length: count }, (_, index) => problem({ path: `brokers[${index}].address` })),
      );
    const [first, ...lines] = many(100_000).message.split("\n");

    expect(first).toBe("100000 problems in the fleet:");
    expect(lines).toHaveLength(101);
    expect(lines[99]).toMatch(/^ {2}brokers\[99\]/);
    expect(lines[100]).toBe("  … and 99900 more: the error's `problems` list all of them");
    expect(many(100_000).problems).toHaveLength(100_000);
    expect(many(100).message).not.toContain("more");
  });

  it("is printed with each problem once, not again as a field", () => {
    const printed = inspect(new InvalidInputError("the fleet", [problem()]));

    expect(printed.split("has an underscore")).toHaveLength(2);
  });
});

describe("a value in a message", () => {
  it.each<[string, unknown, string]>([
    ["text in quotes", "a_b", '"a_b"'],
    ["empty text as an empty pair of quotes", "", '""'],
    ["letters of every script as they are", "bücher.例え", '"bücher.例え"'],
    ["a quotation mark escaped", 'a"b', '"a\\"b"'],
    ["a line break escaped", "a\nb\r\n", '"a\\nb\\r\\n"'],
    ["a tab escaped", "a\tb", '"a\\tb"'],
    ["a terminal's escape sequence escaped", "\u001b[31mred", '"\\u001b[31mred"'],
    ["a null character escaped", "a\0b", '"a\\u0000b"'],
    ["half a surrogate pair escaped", "a\ud800b", '"a\\ud800b"'],
    ["a delete character escaped", "a\u007fb", '"a\\u007fb"'],
    ["a terminal's escape sequence of one character escaped", "\u009b31mred", '"\\u009b31mred"'],
    ["a line separator escaped", "a\u2028b", '"a\\u2028b"'],
    ["a number as it is", 42, "42"],
    ["a big number as it is", 42n, "42"],
    ["a symbol as it is", Symbol("x"), "Symbol(x)"],
    ["no number as such", Number.NaN, "NaN"],
    ["a truth value as it is", false, "false"],
    ["nothing as undefined", undefined, "undefined"],
    ["null as null", null, "null"],
    ["an empty list as such", [], "[]"],
    ["a list by its length, not its items", ["secret", PEM], "(a list of 2)"],
    ["a list in a list by its length, not its items", [["secret"]], "(a list of 1)"],
    ["a function without its text", () => "secret", "(a function)"],
    ["a class without its text", Duration, "(a function)"],
    ["an object without its contents", { password: "secret" }, "(an object)"],
    ["an instance without its contents", new Map([["password", "secret"]]), "(an object)"],
    ["an instance that can be written as text without it", Duration.days(825), "(an object)"],
    ["the bytes of a key without them", Buffer.from(PEM), "(an object)"],
    ["a list of bytes without them", new Uint8Array([115, 101, 99]), "(an object)"],
    ["text in an object without it", Object("secret"), "(an object)"],
    ["an address with a password without it", new URL("mqtts://plant:secret@mqtt-1.example.com"), "(an object)"],
    ["an error without its message", new Error("secret"), "(an object)"],
    ["an object without a prototype as any other", Object.create(null), "(an object)"],
    [
      "an object whose text is a secret without it",
      { toString: () => "secret", toJSON: () => "secret" },
      "(an object)",
    ],
    ["an object that cannot be written as text", { toString: null, valueOf: null }, "(an object)"],
  ])("shows %s", (_what, value, expected) => {
    expect(shown(value)).toBe(expected);
  });

  it("shows up to 300 characters in full", () => {
    expect(shown("x".repeat(300))).toBe(`"${"x".repeat(300)}"`);
  });

  it("cuts what is longer", () => {
    expect(shown("x".repeat(301))).toBe(`"${"x".repeat(300)}…"`);
  });

  it.each([
    ["a private key", PEM],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
    ["one with text in front of it", `Bag Attributes: none\n${PEM}`],
    ["one that starts after the place where long values are cut", `${" ".repeat(1000)}${PEM}`],
    ["one whose end is missing", PEM.slice(0, 60)],
    ["one on a single line", PEM.replaceAll("\n", "\\n")],
  ])("never shows a PEM: %s", (_what, pem) => {
    const error = invalid("a value", pem, "is wrong", "put it right");

    expect(error.message).toBe("1 problem in a value:\n  (a PEM) is wrong; put it right");
  });

  it("never shows an object that was filed among other problems", () => {
    const problems = new Problems();
    problems.add("brokers[0].address", Buffer.from("secret"), "is not text", "write an address");
    problems.refuseUnknown("brokers[0]", { key: new URL("mqtts://plant:secret@a.b") }, ["address"]);

    const printed = inspect(problems.toError("the fleet"));

    expect(printed).toContain("brokers[0].address: (an object) is not text");
    expect(printed).toContain("brokers[0].key: (an object) is not a known property");
    expect(printed).not.toContain("secret");
  });

  it("never shows a PEM that was filed among other problems", () => {
    const problems = new Problems();
    problems.add("brokers[0].address", PEM, "is no address", "write an address");
    problems.refuseUnknown("brokers[0]", { key: PEM }, ["address"]);

    const printed = inspect(problems.toError("the fleet"));

    expect(printed).toContain("brokers[0].address: (a PEM) is no address");
    expect(printed).toContain("brokers[0].key: (hidden text) is not a known property");
    expect(printed).not.toContain("-----BEGIN");
    expect(printed).not.toContain("MC4CAQ");
  });
});

describe("quote", () => {
  it.each([
    ["the delete character", "\u007f", "\\u007f"],
    ["the first control character over ASCII", "\u0080", "\\u0080"],
    ["a next line", "\u0085", "\\u0085"],
    ["the introducer of a terminal's control sequences", "\u009b", "\\u009b"],
    ["the last control character over ASCII", "\u009f", "\\u009f"],
    ["a line separator", "\u2028", "\\u2028"],
    ["a paragraph separator", "\u2029", "\\u2029"],
    ["an escape", "\u001b", "\\u001b"],
    ["what turns the direction of text", "\u202e", "\\u202e"],
    ["what has no width", "\u200b", "\\u200b"],
    ["a byte order mark", "\ufeff", "\\ufeff"],
    ["a letter that nobody sees", "\u{e0041}", "\\udb40\\udc41"],
    ["a backslash", "\\", "\\\\"],
  ])("escapes %s, each time", (_what, character, escaped) => {
    expect(quote(`a${character}b${character}`)).toBe(`"a${escaped}b${escaped}"`);
  });

  it.each(["a~b", "a\u00a0b", "büch\u00ff", "\u2027\u202f", "例え", "💡"])("leaves %s as it is", (text) => {
    expect(quote(text)).toBe(`"${text}"`);
  });

  it("cuts before it escapes, so that no escape is cut", () => {
    expect(quote("\u009b".repeat(301))).toBe(`"${"\\u009b".repeat(300)}…"`);
  });

  it("shows no PEM", () => {
    expect(quote(PEM)).toBe("(a PEM)");
  });

  it.each([
    ["has lost its first dash", PEM.slice(1)],
    ["has lost its armour", PEM.split("\n")[1] ?? ""],
    ["is in base64url", "MC4CAQAwBQYDK2VwBCIE-IOm9Z1qT4b_7uE0xKcW5sYt2Rj8"],
    ["stands behind what there is room for", "a ".repeat(200) + (PEM.split("\n")[1] ?? "")],
  ])("shows no key that %s", (_, text) => {
    expect(quote(text)).toBe("(withheld: it may be a key)");
  });

  it("breaks up what a CI system takes for a command, and says the same", () => {
    const text = "##[group]a ##vso[task.x] ###teamcity[y] section_start:1:z ::add-mask::e";

    expect(quote(text)).toBe(
      String.raw`"\u0023#[group]a \u0023#vso[task.x] #\u0023#teamcity[y] section\u005fstart:1:z ::add-mask::e"`,
    );
    expect(JSON.parse(quote(text))).toBe(text);
  });
});

describe("a problem's code", () => {
  const codeOf = (path: string, kind?: ProblemKind): string | undefined =>
    new InvalidInputError("it", [problem({ path, ...(kind !== undefined && { kind }) })]).problems[0]?.code;

  it.each([
    ["brokers[3].address", undefined, "address/invalid"],
    ["brokers[0].alternativeAddresses[1]", "duplicate", "alternativeAddresses/duplicate"],
    ["brokers.yaml:12:14 brokers[3].subject.country", undefined, "country/invalid"],
    ["shards", "required", "shards/required"],
    ["brokers[2]", undefined, "brokers/invalid"],
    ["brokers[0].adress", "unknown-property", "unknown-property"],
    ["", "occupied", "occupied"],
  ] as const)("of %p and the kind %p is %p", (path, kind, code) => {
    expect(codeOf(path, kind)).toBe(code);
  });
});

describe("suggest", () => {
  it.each([
    ["adress", ["address", "duration"], "did you mean address?"],
    ["Duration", ["address", "duration"], "did you mean duration?"],
    ["duartion", ["address", "duration"], "did you mean duration?"],
    ["passphrase", ["passwordVariable", "passphraseVariable"], "did you mean passphraseVariable?"],
    ["certificateKey", ["certificatePem", "keyFile"], "choose from certificatePem, keyFile"],
    ["statePasswordVariable", ["passwordVariable", "backend"], "choose from passwordVariable, backend"],
    ["ttl", ["address", "duration"], "choose from address, duration"],
  ])("for %p of %p says %p", (name, known, fix) => {
    expect(suggest(name, known)).toBe(fix);
  });

  it("lists thirty names at most", () => {
    const names = Array.from({ length: 32 }, (_, index) => `mqtt-${index}.example.com`);

    expect(suggest("x", names)).toMatch(/^choose from mqtt-0\.example\.com, .* mqtt-29\.example\.com, and 2 more$/);
  });
});

describe("invalid", () => {
  it("makes an error of one problem without a path", () => {
    const error = invalid("an address", "a_b", "has an underscore", "rename it");

    expect(error.problems).toMatchObject([problem({ path: "" })]);
    expect(error.message).toBe('1 problem in an address:\n  "a_b" has an underscore; rename it');
  });
});

describe("at", () => {
  it("returns what was parsed", () => {
    expect(underPath("directory", () => "pki")).toBe("pki");
  });

  it.each<[unknown]>([[undefined], [null], [false], [0], [""]])("returns %p where that is what was parsed", (value) => {
    expect(underPath("directory", () => value)).toBe(value);
  });

  it.each([
    ["authority", "subject.country", "authority.subject.country"],
    ["brokers", "[3].address", "brokers[3].address"],
    ["directory", "", "directory"],
    ["", "directory", "directory"],
  ])('puts its path in front of a problem\'s own: "%s" and "%s" make "%s"', (path, below, whole) => {
    const parse = (): string => {
      throw new InvalidInputError("a value", [problem({ path: below })]);
    };

    expect(() => underPath(path, parse)).toThrow(new InvalidInputError(path, [problem({ path: whole })]));
    expect(problemsThrown(() => underPath(path, parse))).toMatchObject([problem({ path: whole })]);
  });

  it("says in its message where all that is wrong stands", () => {
    const parse = (): string => {
      throw new InvalidInputError("a subject", [problem({ path: "country" }), problem({ path: "" })]);
    };

    expect(() => underPath("subject", parse)).toThrow(
      [
        "2 problems in subject:",
        '  subject.country: "a_b" has an underscore; rename it',
        '  subject: "a_b" has an underscore; rename it',
      ].join("\n"),
    );
  });

  it("gives the problems of what was parsed their place", () => {
    const parse = (): string => {
      throw new InvalidInputError("a subject", [problem({ path: "country" }), problem({ path: "" })]);
    };

    expect(filed((problems) => problems.attempt("authority", () => underPath("subject", parse)))).toMatchObject([
      problem({ path: "authority.subject.country" }),
      problem({ path: "authority.subject" }),
    ]);
  });

  it("does not hide an error of another kind", () => {
    const bug = new TypeError("a bug");
    const parse = (): string => {
      throw bug;
    };

    expect(() => underPath("subject", parse)).toThrow(bug);
  });
});

describe("Problems", () => {
  it("throws nothing where nothing was filed", () => {
    expect(() => {
      new Problems().throwIfAny("the fleet");
    }).not.toThrow();
  });

  it("throws all that was filed as one error, in the order of filing", () => {
    const problems = new Problems();
    problems.add("duration", 0, "is zero", "give more");
    problems.add("brokers[0].address", "a_b", "has an underscore", "rename it");

    expect(() => {
      problems.throwIfAny("the fleet");
    }).toThrow(
      new InvalidInputError("the fleet", [
        problem({ path: "duration", value: "0", reason: "is zero", fix: "give more" }),
        problem(),
      ]),
    );
  });

  it("starts the stack trace of its error at the caller of the function to blame", () => {
    class Fleet {
      public constructor(public readonly brokers: readonly string[]) {
        const problems = new Problems();
        problems.add("duration", 0, "is zero", "give more");
        problems.throwIfAny("the fleet", Fleet);
      }
    }
    const declareFleet = (): Fleet => new Fleet([]);

    const stack = stackOf(declareFleet);

    expect(stack).toContain("duration: 0 is zero; give more");
    expect(/^ {4}at (\w+)/m.exec(stack)?.[1]).toBe("declareFleet");
  });

  it("files a problem once, however often it is found", () => {
    const problems = filed((to) => {
      to.add("duration", 0, "is zero", "give more");
      to.add("duration", 0, "is zero", "give more");
    });

    expect(problems).toHaveLength(1);
  });

  it.each<[string, Parameters<Problems["add"]>]>([
    ["path", ["renewBefore", 0, "is zero", "give more"]],
    ["value", ["duration", "0", "is zero", "give more"]],
    ["reason", ["duration", 0, "is not a duration", "give more"]],
  ])("takes two problems for different ones where they differ in their %s", (_what, other) => {
    const problems = filed((to) => {
      to.add("duration", 0, "is zero", "give more");
      to.add(...other);
    });

    expect(problems).toHaveLength(2);
  });

  describe("of a value that is known only when it is applied", () => {
    it("say that it is a token, and do not show it", () => {
      expect(
        filed((to) => {
          to.addUnknown("brokers[0].address");
        }),
      ).toMatchObject([
        {
          path: "brokers[0].address",
          value: "(token)",
          reason:
            "is a token, whose value is known only at apply: it cannot be checked at synth, nor used in names of resources and files",
          fix: "give the value itself, from code, a file or the environment",
        },
      ]);
    });

    it("say nothing else of it, but all that is wrong elsewhere", () => {
      const problems = filed((to) => {
        to.addUnknown("brokers[0].address");
        to.add("brokers[0].address", "${TfToken[0]}", "is an expression", "write the address");
        to.attempt("brokers[0].address", () => {
          throw invalid("an address", "${TfToken[0]}", "has a brace", "write it without");
        });
        to.add("brokers[1].address", "a_b", "has an underscore", "rename it");
      });

      expect(problems.map(({ path, value }) => [path, value])).toEqual([
        ["brokers[0].address", "(token)"],
        ["brokers[1].address", '"a_b"'],
      ]);
    });
  });

  describe("of an attempt", () => {
    it("are none where it succeeds with undefined", () => {
      const problems = new Problems();

      const value = problems.attempt("duration", (): number | undefined => undefined);

      expect(value).toBeUndefined();
      expect(problems.toError("the input").problems).toEqual([]);
    });

    it("are none where it succeeds, and its value is returned", () => {
      const problems = new Problems();

      expect(problems.attempt("duration", () => 42)).toBe(42);
      expect(problems.toError("the input").problems).toEqual([]);
    });

    it("are all that it throws, and nothing is returned", () => {
      const problems = new Problems();
      const thrown = new InvalidInputError("a subject", [
        problem({ path: "country" }),
        problem({ path: "organization" }),
      ]);

      const value = problems.attempt("authority.subject", (): number => {
        throw thrown;
      });

      expect(value).toBeUndefined();
      expect(problems.toError("the input").problems).toMatchObject([
        problem({ path: "authority.subject.country" }),
        problem({ path: "authority.subject.organization" }),
      ]);
    });

    it.each([
      ["subject", "country", "subject.country"],
      ["subject", "", "subject"],
      ["", "country", "country"],
      ["", "", ""],
      ["brokers[0].alternativeAddresses", "[1]", "brokers[0].alternativeAddresses[1]"],
    ])('have the path of what was attempted in front of their own: "%s" and "%s" make "%s"', (path, below, whole) => {
      const problems = filed((to) => {
        to.attempt(path, () => {
          throw new InvalidInputError("a value", [problem({ path: below })]);
        });
      });

      expect(problems).toMatchObject([problem({ path: whole })]);
    });

    it("have the path that is made of their own, where a function makes it", () => {
      const problems = filed((to) => {
        to.attempt(
          (below) => `<${below}>`,
          () => {
            throw new InvalidInputError("a value", [problem({ path: "duration" })]);
          },
        );
      });

      expect(problems).toMatchObject([problem({ path: "<duration>" })]);
    });

    it("do not hide an error of another kind", () => {
      const bug = new TypeError("a bug");

      expect(() => {
        new Problems().attempt("duration", () => {
          throw bug;
        });
      }).toThrow(bug);
    });
  });

  describe("of unknown properties", () => {
    it("name each of them, and those to choose from, and show no text, which may be a secret", () => {
      const problems = filed((to) => {
        to.refuseUnknown("brokers[0]", { adress: "a.b", duration: 1, csr: null }, ["address", "duration"]);
      });

      expect(problems).toMatchObject([
        {
          path: "brokers[0].adress",
          value: "(hidden text)",
          reason: "is not a known property",
          fix: "did you mean address?",
          kind: "unknown-property",
          code: "unknown-property",
        },
        {
          path: "brokers[0].csr",
          value: "null",
          reason: "is not a known property",
          fix: "choose from address, duration",
        },
      ]);
    });

    it("have no path in front of them where the whole input is looked at", () => {
      const problems = filed((to) => {
        to.refuseUnknown("", { broker: [] }, ["brokers"]);
      });

      expect(problems.map(({ path }) => path)).toEqual(["broker"]);
    });

    it.each([
      ["with a blank", "a b", '"a b"'],
      ["with a dot", "a.b", '"a.b"'],
      ["with a hyphen", "renew-before", '"renew-before"'],
      ["of no characters", "", '""'],
      ["with a bracket", "alternativeAddresses[0]", '"alternativeAddresses[0]"'],
      ["with a terminal's escape sequence", "\u001b[31mred", '"\\u001b[31mred"'],
      ["with a control character over ASCII", "a\u009bb", '"a\\u009bb"'],
      ["with a line break", "a\nb", '"a\\nb"'],
      ["that is a PEM", PEM, "(a PEM)"],
      [
        "that is a PEM without armour",
        "MC4CAQAwBQYDK2VwBCIEIHNlY3JldC1zZWNyZXQtc2VjcmV0",
        "(withheld: it may be a key)",
      ],
    ])("quote a name %s in the path", (_what, name, shownAs) => {
      const refuse = (path: string): readonly Problem[] =>
        filed((to) => {
          to.refuseUnknown(path, { [name]: 1 }, ["address"]);
        });

      expect(refuse("brokers[0]").map(({ path }) => path)).toEqual([`brokers[0].${shownAs}`]);
      expect(refuse("").map(({ path }) => path)).toEqual([shownAs]);
    });

    it.each(["adress", "address_2", "Address", "42"])("do not quote a plain name: %s", (name) => {
      const problems = filed((to) => {
        to.refuseUnknown("brokers[0]", { [name]: 1 }, ["address"]);
      });

      expect(problems.map(({ path }) => path)).toEqual([`brokers[0].${name}`]);
    });

    it("are none where all are known, or some are missing", () => {
      const problems = filed((to) => {
        to.refuseUnknown("", { address: "a.b" }, ["address", "duration"]);
      });

      expect(problems).toEqual([]);
    });
  });
});

/** The problems of the error that `run` throws. */
function problemsThrown(run: () => unknown): readonly Problem[] {
  try {
    run();
  } catch (error) {
    if (error instanceof InvalidInputError) {
      return error.problems;
    }
    throw error;
  }
  return [];
}

function stackOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return error instanceof Error ? (error.stack ?? "") : "";
  }
  return "";
}
