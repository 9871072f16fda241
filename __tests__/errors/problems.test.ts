import { underPath, invalid, InvalidInputError, Problems, type Problem } from "../../lib/errors";
import { PEM, problem } from "./support";

/** The problems that `file` filed, in order. */
function filed(file: (problems: Problems) => void): readonly Problem[] {
  const problems = new Problems();
  file(problems);
  return problems.toError("the input").problems;
}

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

describe("invalid", () => {
  it("invalid makes an error of one problem without a path", () => {
    const error = invalid("an address", "a_b", "has an underscore", "rename it");

    expect(error.problems).toMatchObject([problem({ path: "" })]);
    expect(error.message).toBe('1 problem in an address:\n  "a_b" has an underscore; rename it');
  });
});

describe("underPath", () => {
  it("underPath returns the parsed value", () => {
    expect(underPath("directory", () => "pki")).toBe("pki");
  });

  it.each<[unknown]>([[undefined], [null], [false], [0], [""]])("underPath returns the parsed value %p", (value) => {
    expect(underPath("directory", () => value)).toBe(value);
  });

  it.each([
    ["authority", "subject.country", "authority.subject.country"],
    ["brokers", "[3].address", "brokers[3].address"],
    ["directory", "", "directory"],
    ["", "directory", "directory"],
  ])('underPath puts its path before a problem\'s own path: "%s" and "%s" make "%s"', (path, below, whole) => {
    const parse = (): string => {
      throw new InvalidInputError("a value", [problem({ path: below })]);
    };

    expect(() => underPath(path, parse)).toThrow(new InvalidInputError(path, [problem({ path: whole })]));
    expect(problemsThrown(() => underPath(path, parse))).toMatchObject([problem({ path: whole })]);
  });

  it("underPath has all paths in its message", () => {
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

  it("underPath gives each problem its path", () => {
    const parse = (): string => {
      throw new InvalidInputError("a subject", [problem({ path: "country" }), problem({ path: "" })]);
    };

    expect(filed((problems) => problems.attempt("authority", () => underPath("subject", parse)))).toMatchObject([
      problem({ path: "authority.subject.country" }),
      problem({ path: "authority.subject" }),
    ]);
  });

  it("underPath rethrows an error of another kind", () => {
    const bug = new TypeError("a bug");
    const parse = (): string => {
      throw bug;
    };

    expect(() => underPath("subject", parse)).toThrow(bug);
  });
});

describe("Problems", () => {
  it("Problems.throwIfAny throws nothing without a problem", () => {
    expect(() => {
      new Problems().throwIfAny("the fleet");
    }).not.toThrow();
  });

  it("Problems.throwIfAny throws all problems as one error, in the order of filing", () => {
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

  it("Problems.throwIfAny starts the stack trace at the caller of the function to blame", () => {
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

  it("Problems.add files a repeated problem once", () => {
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
  ])("Problems.add keeps two problems that differ in their %s", (_what, other) => {
    const problems = filed((to) => {
      to.add("duration", 0, "is zero", "give more");
      to.add(...other);
    });

    expect(problems).toHaveLength(2);
  });

  describe("Problems.addUnknown", () => {
    it("Problems.addUnknown reports a token without showing it", () => {
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

    it("Problems.addUnknown hides other problems of the token, and no problem of other values", () => {
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

  describe("Problems.attempt", () => {
    it("Problems.attempt files nothing if the parser returns undefined", () => {
      const problems = new Problems();

      const value = problems.attempt("duration", (): number | undefined => undefined);

      expect(value).toBeUndefined();
      expect(problems.toError("the input").problems).toEqual([]);
    });

    it("Problems.attempt returns the value of a successful parser", () => {
      const problems = new Problems();

      expect(problems.attempt("duration", () => 42)).toBe(42);
      expect(problems.toError("the input").problems).toEqual([]);
    });

    it("Problems.attempt files all problems that the parser throws, and returns nothing", () => {
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
    ])('Problems.attempt puts its path before a problem\'s own path: "%s" and "%s" make "%s"', (path, below, whole) => {
      const problems = filed((to) => {
        to.attempt(path, () => {
          throw new InvalidInputError("a value", [problem({ path: below })]);
        });
      });

      expect(problems).toMatchObject([problem({ path: whole })]);
    });

    it("Problems.attempt uses a function that makes the path", () => {
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

    it("Problems.attempt rethrows an error of another kind", () => {
      const bug = new TypeError("a bug");

      expect(() => {
        new Problems().attempt("duration", () => {
          throw bug;
        });
      }).toThrow(bug);
    });
  });

  describe("Problems.refuseUnknown", () => {
    it("Problems.refuseUnknown names each unknown property and the known ones, and shows no text", () => {
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

    it("Problems.refuseUnknown adds no path for the whole input", () => {
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
    ])("Problems.refuseUnknown quotes a name %s in the path", (_what, name, shownAs) => {
      const refuse = (path: string): readonly Problem[] =>
        filed((to) => {
          to.refuseUnknown(path, { [name]: 1 }, ["address"]);
        });

      expect(refuse("brokers[0]").map(({ path }) => path)).toEqual([`brokers[0].${shownAs}`]);
      expect(refuse("").map(({ path }) => path)).toEqual([shownAs]);
    });

    it.each(["adress", "address_2", "Address", "42"])(
      "Problems.refuseUnknown does not quote a plain name: %s",
      (name) => {
        const problems = filed((to) => {
          to.refuseUnknown("brokers[0]", { [name]: 1 }, ["address"]);
        });

        expect(problems.map(({ path }) => path)).toEqual([`brokers[0].${name}`]);
      },
    );

    it("Problems.refuseUnknown files nothing if all names are known, or some are missing", () => {
      const problems = filed((to) => {
        to.refuseUnknown("", { address: "a.b" }, ["address", "duration"]);
      });

      expect(problems).toEqual([]);
    });
  });
});
