import { Construct } from "constructs";
import { TerraformLocal, TerraformStack } from "../cdk";
import type { IssuedCertificate } from "../custody/issuer";
import type { ServerCertificate } from "../constructs/server-certificate";
import { type Expression, hcl, interpolate, literal } from "../terraform/expression";
import { Duration } from "../values/duration";

/** The props of {@link ValidityCheck}. */
export interface ValidityCheckProps {
  /** The authorities that sign in the stack, and whether the plan makes them. */
  readonly authorities: readonly { readonly issued: IssuedCertificate; readonly isNew: Expression }[];
  /** The server certificates of the stack. A stack can have only one check. */
  readonly servers: readonly ServerCertificate[];
}

/**
 * A check in each plan (https://developer.hashicorp.com/terraform/language/checks). It warns of certificates that are due or
 * expired, if the plan does not renew them, as with -refresh-only. It also warns of an authority that expires so soon that the
 * certificates which it issues would outlive it. Plans for a part of the resources do not run it.
 */
export class ValidityCheck extends Construct {
  constructor(scope: Construct, id: string, { authorities, servers }: ValidityCheckProps) {
    super(scope, id);
    const stack = TerraformStack.of(this);
    const due = this.createDue(stack, servers);
    const longest = greatest(servers.map(({ spec }) => spec.durationHours));
    const notice = greatest(servers.map(({ spec }) => spec.durationHours + spec.renewBeforeHours));
    stack.addOverride("check", {
      brokers: {
        assert: [
          {
            condition: interpolate(hcl`length(${due}) == 0`),
            error_message: `Due for renewal, but not renewed by this plan: ${interpolate(hcl`join(", ", ${due})`)}. A full plan renews them; this plan only refreshes the state (-refresh-only).`,
          },
        ],
      },
      authority: {
        assert: authorities.map(({ issued, isNew }) => {
          const end = issued.validity.notAfterIn(stack);
          const last = hcl`timeadd(${end}, ${literal(`-${longest}h`)})`;
          const isInTime = hcl`timecmp(timeadd(plantimestamp(), ${literal(`${notice}h`)}), ${end}) < 0`;
          return {
            // Engines require a reference to an object in a condition, even if the expiry is known at synth.
            condition: interpolate(hcl`${isNew} || length(local.validity) < 0 ? true : ${isInTime}`),
            error_message: `The authority's certificate expires at ${interpolate(end)}. After ${interpolate(last)} it can issue no certificate that is valid for ${Duration.describe(longest)}. No deployment renews an authority, because every client must get the new certificate: add another generation in time, and let it sign.`,
          };
        }),
      },
    });
  }

  /** The certificates that are due, each with its expiry: a list. */
  private createDue(stack: TerraformStack, servers: ValidityCheckProps["servers"]): Expression {
    // A list for all certificates is the same in each of them.
    const allDue = servers[0]?.issued.validity.allDueIn?.(stack);
    // An object of small texts: engines are slow with one text as long as the fleet.
    const validity = new TerraformLocal(
      this,
      "validity",
      allDue !== undefined
        ? interpolate(allDue)
        : Object.fromEntries(
            servers.map(({ issued, spec }) => [
              spec.address.text,
              {
                is_due: interpolate(issued.validity.isDueIn(stack)),
                not_after: interpolate(issued.validity.notAfterIn(stack)),
              },
            ]),
          ),
    );
    validity.overrideLogicalId("validity");
    return allDue === undefined
      ? hcl`[for address, one in local.validity : "\${address} (until \${one.not_after})" if one.is_due]`
      : hcl`local.validity`;
  }
}

/** The greatest of any number of values: as arguments of Math.max, they could overflow the stack. */
function greatest(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => Math.max(one, other));
}
