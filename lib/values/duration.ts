import { invalid } from "../errors";

const HOURS_A_DAY = 24;

/** The longest duration that the tls provider supports: Go's time.Duration, 2^63 nanoseconds, in hours. */
const HOURS_AT_MOST = 2_562_047;

/**
 * A length of time, in hours or days. Immutable.
 *
 * The factory methods never throw: the fleet checks all durations together and reports every problem at once.
 *
 * @example
 * ```ts
 * const options = { duration: Duration.days(90), renewBefore: Duration.hours(36) };
 * ```
 */
export class Duration {
  /**
   * The longest duration of a certificate.
   *
   * @internal
   */
  public static readonly LONGEST = Duration.hours(HOURS_AT_MOST);

  private constructor(
    private readonly amount: number,
    private readonly unit: "hours" | "days",
  ) {}

  /**
   * A duration in hours.
   *
   * @param amount a whole number of hours, from 1 on
   */
  public static hours(amount: number): Duration {
    return new Duration(amount, "hours");
  }

  /**
   * A duration in days of 24 hours.
   *
   * @param amount a number of days that makes whole hours: 0.5 is 12 hours
   */
  public static days(amount: number): Duration {
    return new Duration(amount, "days");
  }

  /**
   * The number of hours in a duration. The hour is the unit in which Terraform's tls provider issues certificates.
   *
   * @param duration anything, as the caller may be plain JavaScript
   * @throws InvalidInputError unless it is a whole number of hours from 1 to 2,562,047 (292 years, the provider's limit)
   * @internal
   */
  public static toHours(duration: Duration): number {
    if (!(duration instanceof Duration)) {
      throw invalid("a duration", duration, "is not a duration", "write it as in Duration.days(825)");
    }
    if (typeof duration.amount !== "number" || Number.isNaN(duration.amount)) {
      throw invalid("a duration", duration.amount, "is not a number", "give a number of hours or days");
    }
    const refuse = (reason: string, fix: string) => invalid("a duration", duration.toString(), reason, fix);
    const hours = duration.unit === "days" ? duration.amount * HOURS_A_DAY : duration.amount;
    if (hours <= 0) {
      throw refuse(hours === 0 ? "is zero" : "is negative", "give at least one hour");
    }
    if (hours > HOURS_AT_MOST) {
      throw refuse(
        "is longer than Terraform's tls provider supports",
        `give at most ${HOURS_AT_MOST} hours (292 years)`,
      );
    }
    if (!Number.isInteger(hours)) {
      throw refuse("is not a whole number of hours", "give whole hours, the unit of Terraform's tls provider");
    }
    return hours;
  }

  /**
   * A number of hours for a message: in days if they are whole days.
   *
   * @internal
   */
  public static describe(hours: number): string {
    const duration = hours % HOURS_A_DAY === 0 ? Duration.days(hours / HOURS_A_DAY) : Duration.hours(hours);
    return duration.toString();
  }

  /** The duration as it was given: "90 days". */
  public toString(): string {
    return `${this.amount} ${this.unit}`;
  }
}
