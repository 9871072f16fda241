import { hide, listed, type Problems } from "../../errors";
import { refuseUnlessCount } from "../count";
import { refuseUnlessVariable } from "../key-password";
import { isList } from "../plain-data";

/** A further form of a broker's key and certificate. All have the key. */
export type BrokerForm = "pkcs12" | "combined-pem" | "pem-key";

/** The file that each is. */
export const BROKER_FORM_FILES: Readonly<Record<BrokerForm, string>> = {
  pkcs12: "server.p12",
  "combined-pem": "server.combined.pem",
  "pem-key": "server.pem.key",
};

export const BROKER_FORMS = Object.keys(BROKER_FORM_FILES) as readonly BrokerForm[];

/** A further form of what clients trust. */
export type TrustForm = "pem" | "der" | "c-header" | "pkcs12";

export const TRUST_FORMS: readonly TrustForm[] = ["pem", "der", "c-header", "pkcs12"];

/** The password of a PKCS #12 file. */
export interface StorePassword {
  /** The Terraform variable that has it: it comes from the environment, as TF_VAR_ and this name. */
  readonly variable: string;
  /** Another version is another password. */
  readonly version: number;
}

/** Forms, and the password of the one that has one. */
export interface Forms<Form> {
  /** In the order of their table, whatever order they were declared in. */
  readonly names: readonly Form[];
  readonly password: StorePassword | undefined;
}

export const NO_FORMS: Forms<never> = { names: [], password: undefined };

/** What may be said of the forms of a broker's key and certificate. */
export interface BrokerFormsProps {
  /**
   * Further forms of key and certificate, beside `server.key` and `server.pem`, with custody "machine": "pkcs12" is `server.p12`,
   * with the chain; "combined-pem" is `server.combined.pem`, certificate, chain and key in one file; "pem-key" is
   * `server.pem.key`, a copy of the key that HAProxy finds.
   * @default - none
   */
  readonly forms?: readonly BrokerForm[];
  /**
   * The name of the Terraform variable that has the password of `server.p12`: give it in the environment, as TF_VAR_<name>.
   * Printable ASCII, for Java takes no other.
   * @default - none: it is required with the form "pkcs12"
   */
  readonly keystorePasswordVariable?: string;
  /**
   * To be raised when that password is another one: the forms are made anew.
   * @default 1
   */
  readonly keystorePasswordVersion?: number;
}

/** What may be said of the forms of what clients trust. */
export interface TrustFormsProps {
  /**
   * Further forms of what clients trust, below `trust` in the directory: "pem" and "der" are a file for each generation of the
   * authority, `ca-<generation>.pem` and `ca-<generation>.der`; "c-header" is `ca.h`, with the text of `ca.pem`; "pkcs12" is
   * `truststore.p12`, with each under an alias of its own, with custody "machine" alone.
   * @default - none
   */
  readonly trustForms?: readonly TrustForm[];
  /**
   * The name of the Terraform variable that has the password of `truststore.p12`: give it in the environment, as
   * TF_VAR_<name>. Printable ASCII, for Java takes no other.
   * @default - none: it is required with the form "pkcs12"
   */
  readonly truststorePasswordVariable?: string;
  /**
   * To be raised when that password is another one: the file is made anew.
   * @default 1
   */
  readonly truststorePasswordVersion?: number;
}

/** Reads what is said of a broker's forms, and files what is wrong with it. */
export function parseBrokerForms(problems: Problems, props: BrokerFormsProps): Forms<BrokerForm> {
  return parse(problems, {
    property: "forms",
    known: BROKER_FORMS,
    given: props.forms,
    variable: ["keystorePasswordVariable", props.keystorePasswordVariable],
    version: ["keystorePasswordVersion", props.keystorePasswordVersion],
  });
}

/** The same of what clients trust. */
export function parseTrustForms(problems: Problems, props: TrustFormsProps): Forms<TrustForm> {
  return parse(problems, {
    property: "trustForms",
    known: TRUST_FORMS,
    given: props.trustForms,
    variable: ["truststorePasswordVariable", props.truststorePasswordVariable],
    version: ["truststorePasswordVersion", props.truststorePasswordVersion],
  });
}

/** Whether a list, if it is one, has the form with a password. */
export function hasStore(forms: readonly string[] | undefined): boolean {
  return isList(forms) && forms.includes("pkcs12");
}

interface Given<Form> {
  readonly property: string;
  readonly known: readonly Form[];
  readonly given: readonly Form[] | undefined;
  /** The properties of the password, by their names. */
  readonly variable: readonly [name: string, value: string | undefined];
  readonly version: readonly [name: string, value: number | undefined];
}

function parse<Form extends string>(
  problems: Problems,
  { property, known, given = [], variable: [variableName, variable], version: [versionName, version] }: Given<Form>,
): Forms<Form> {
  if (!isList(given)) {
    problems.add(property, given, "is no list of forms", `write it as in ["${known[0] ?? ""}"]`);
    return NO_FORMS;
  }
  for (const [index, form] of given.entries()) {
    if (!known.includes(form)) {
      problems.add(`${property}[${index}]`, form, "is no form", `choose of ${listed(known)}`);
    }
  }
  const names = known.filter((form) => given.includes(form));
  if (!hasStore(names)) {
    for (const [name, value] of [[variableName, variable] as const, [versionName, version] as const]) {
      if (value !== undefined) {
        const reason = "is for the password of a PKCS #12 file, and none is declared";
        problems.addHidden(name, reason, `leave it out, or add "pkcs12" to ${property}`, "conflict");
      }
    }
    return { names, password: undefined };
  }
  if (variable === undefined) {
    const fix =
      "name the Terraform variable that has the password: its value comes from the environment, as TF_VAR_<name>";
    problems.add(variableName, variable, 'is required with the form "pkcs12"', fix, "required");
    return { names, password: undefined };
  }
  // Where a name or a number belongs, a text may be the password itself.
  const isVariable = refuseUnlessVariable(problems, variableName, variable);
  const isVersion = refuseUnlessCount(problems, versionName, hide(version ?? 1), "a version");
  return { names, password: isVariable && isVersion ? { variable, version: version ?? 1 } : undefined };
}
