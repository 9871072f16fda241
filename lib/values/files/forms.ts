import { hide, listed, type Problems } from "../../errors";
import { refuseUnlessCount } from "../count";
import { refuseUnlessVariable } from "../key-password";
import { isList } from "../plain-data";

/** A further form of a broker's key and certificate. Every form contains the key. */
export type BrokerForm = "pkcs12" | "combined-pem" | "pem-key";

/** The file name of each form. */
export const BROKER_FORM_FILES: Readonly<Record<BrokerForm, string>> = {
  pkcs12: "server.p12",
  "combined-pem": "server.combined.pem",
  "pem-key": "server.pem.key",
};

/** All forms of a broker's key and certificate. */
export const BROKER_FORMS = Object.keys(BROKER_FORM_FILES) as readonly BrokerForm[];

/** A further form of the trust anchors. */
export type TrustForm = "pem" | "der" | "c-header" | "pkcs12";

/** All forms of the trust anchors. */
export const TRUST_FORMS: readonly TrustForm[] = ["pem", "der", "c-header", "pkcs12"];

/** The password of a PKCS #12 file. */
export interface StorePassword {
  /** The name of the Terraform variable with the password. Its value comes from the environment, as TF_VAR_<name>. */
  readonly variable: string;
  /** The version of the password: another version means another password. */
  readonly version: number;
}

/** Forms, and the password of the PKCS #12 file among them. */
export interface Forms<Form> {
  /** In the order of their table, not in the order of the declaration. */
  readonly names: readonly Form[];
  /** Undefined without a PKCS #12 file. */
  readonly password: StorePassword | undefined;
}

/** No further forms. */
export const NO_FORMS: Forms<never> = { names: [], password: undefined };

/** The options for further forms of a broker's key and certificate. */
export interface BrokerFormsProps {
  /**
   * Further forms of key and certificate, besides `server.key` and `server.pem`. They need custody "machine". "pkcs12" is
   * `server.p12`, with the chain. "combined-pem" is `server.combined.pem`: certificate, chain and key in one file. "pem-key" is
   * `server.pem.key`: a copy of the key under the name that HAProxy looks for.
   * @default - none
   */
  readonly forms?: readonly BrokerForm[];
  /**
   * The name of the Terraform variable with the password of `server.p12`. Give the password in the environment, as
   * TF_VAR_<name>, in printable ASCII: Java accepts nothing else.
   * @default - none: it is required with the form "pkcs12"
   */
  readonly keystorePasswordVariable?: string;
  /**
   * The version of that password. Raise it when the password changes: the forms are made again.
   * @default 1
   */
  readonly keystorePasswordVersion?: number;
}

/** The options for further forms of the trust anchors. */
export interface TrustFormsProps {
  /**
   * Further forms of the trust anchors, in the folder `trust` of the directory. "pem" and "der" are one file per generation of
   * the authority: `ca-<generation>.pem`, `ca-<generation>.der`. "c-header" is `ca.h`, with the text of `ca.pem`. "pkcs12" is
   * `truststore.p12`, with one alias per trust anchor; it needs custody "machine".
   * @default - none
   */
  readonly trustForms?: readonly TrustForm[];
  /**
   * The name of the Terraform variable with the password of `truststore.p12`. Give the password in the environment, as
   * TF_VAR_<name>, in printable ASCII: Java accepts nothing else.
   * @default - none: it is required with the form "pkcs12"
   */
  readonly truststorePasswordVariable?: string;
  /**
   * The version of that password. Raise it when the password changes: the file is made again.
   * @default 1
   */
  readonly truststorePasswordVersion?: number;
}

/** Reads the options for a broker's forms, and files their problems. */
export function parseBrokerForms(problems: Problems, props: BrokerFormsProps): Forms<BrokerForm> {
  return parse(problems, {
    property: "forms",
    known: BROKER_FORMS,
    given: props.forms,
    variable: ["keystorePasswordVariable", props.keystorePasswordVariable],
    version: ["keystorePasswordVersion", props.keystorePasswordVersion],
  });
}

/** Reads the options for the forms of the trust anchors, and files their problems. */
export function parseTrustForms(problems: Problems, props: TrustFormsProps): Forms<TrustForm> {
  return parse(problems, {
    property: "trustForms",
    known: TRUST_FORMS,
    given: props.trustForms,
    variable: ["truststorePasswordVariable", props.truststorePasswordVariable],
    version: ["truststorePasswordVersion", props.truststorePasswordVersion],
  });
}

/** Whether forms include the one with a password. */
export function hasStore(forms: readonly string[] | undefined): boolean {
  return isList(forms) && forms.includes("pkcs12");
}

interface Given<Form> {
  readonly property: string;
  readonly known: readonly Form[];
  readonly given: readonly Form[] | undefined;
  /** The properties of the password, each with its name. */
  readonly variable: readonly [name: string, value: string | undefined];
  readonly version: readonly [name: string, value: number | undefined];
}

function parse<Form extends string>(
  problems: Problems,
  { property, known, given = [], variable: [variableName, variable], version: [versionName, version] }: Given<Form>,
): Forms<Form> {
  if (!isList(given)) {
    problems.add(property, given, "is not a list of forms", `write it as in ["${known[0] ?? ""}"]`);
    return NO_FORMS;
  }
  for (const [index, form] of given.entries()) {
    if (!known.includes(form)) {
      problems.add(`${property}[${index}]`, form, "is not a form", `choose from ${listed(known)}`);
    }
  }
  const names = known.filter((form) => given.includes(form));
  if (!hasStore(names)) {
    for (const [name, value] of [[variableName, variable] as const, [versionName, version] as const]) {
      if (value !== undefined) {
        const reason = "is for the password of a PKCS #12 file, but no such file is declared";
        problems.addHidden(name, reason, `leave it out, or add "pkcs12" to ${property}`, "conflict");
      }
    }
    return { names, password: undefined };
  }
  if (variable === undefined) {
    const fix = "name the Terraform variable with the password; its value comes from the environment, as TF_VAR_<name>";
    problems.add(variableName, variable, 'is required with the form "pkcs12"', fix, "required");
    return { names, password: undefined };
  }
  // A text instead of a name or a number may be the password itself.
  const isVariable = refuseUnlessVariable(problems, variableName, variable);
  const isVersion = refuseUnlessCount(problems, versionName, hide(version ?? 1), "a version");
  return { names, password: isVariable && isVersion ? { variable, version: version ?? 1 } : undefined };
}
