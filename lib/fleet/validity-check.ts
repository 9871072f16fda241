import { Construct } from "constructs";
import { TerraformLocal, TerraformStack } from "../cdk";
import type { IssuedCertificate } from "../custody/issuer";
import type { ServerCertificate } from "../constructs/server-certificate";
import { type Expression, hcl, interpolate, literal } from "../terraform/expression";
import { Duration } from "../values/duration";

export interface ValidityCheckProps {
  /** Those that sign, of the same stack; and whether a plan makes them. */
  readonly authorities: readonly { readonly issued: IssuedCertificate; readonly isNew: Expression }[];
  /** Of the same stack. A stack has room for one check. */
  readonly servers: readonly ServerCertificate[];
}

/**
 * Has a plan warn of certificates that are due, or over, and that it does not renew, as one that only looks; and of an
 * authority whose end is so near that a certificate which it issues would outlive it.
 * (A `check`: https://developer.hashicorp.com/terraform/language/checks. Plans for a part of the resources have none.)
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
            error_message: `Due to be renewed, and not renewed by this plan: ${interpolate(hcl`join(", ", ${due})`)}. A plan for everything renews them; this one only looks (-refresh-only).`,
          },
        ],
      },
      authority: {
        assert: authorities.map(({ issued, isNew }) => {
          const end = issued.validity.notAfterIn(stack);
          const last = hcl`timeadd(${end}, ${literal(`-${longest}h`)})`;
          const isInTime = hcl`timecmp(timeadd(plantimestamp(), ${literal(`${notice}h`)}), ${end}) < 0`;
          return {
            // Engines want an object in it: any, where the end is known at synth.
            condition: interpolate(hcl`${isNew} || length(local.validity) < 0 ? true : ${isInTime}`),
            error_message: `The authority's certificate ends at ${interpolate(end)}. After ${interpolate(last)} it can issue none that is valid for ${Duration.describe(longest)}. Nothing renews an authority by itself, for every client has to know: add another generation of it, and let that sign, in time.`,
          };
        }),
      },
    });
  }

  /** The certificates that are due, each with its end: a list. */
  private createDue(stack: TerraformStack, servers: ValidityCheckProps["servers"]): Expression {
    // Where there is one for all, each of them has it.
    const allDue = servers[0]?.issued.validity.allDueIn?.(stack);
    // An object of small texts: of one that is as long as the fleet, engines would make more work than of the fleet itself.
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

/** Of any number of them: as arguments, there may be too many for the stack. */
function greatest(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => Math.max(one, other));
}
