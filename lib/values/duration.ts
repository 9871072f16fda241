import { invalid } from "../errors";

const HOURS_A_DAY = 24;

/** The longest that the tls provider can reckon with: Go's time.Duration, 2^63 nanoseconds, in hours. */
const HOURS_AT_MOST = 2_562_047;

/**
 * A length of time, kept as it was given. Immutable.
 *
 * Making one never fails, so that a whole fleet's durations can be judged, and reported, together.
 */
export class Duration {
  /**
   * The longest that a certificate may be asked for.
   *
   * @internal
   */
  public static readonly LONGEST = Duration.hours(HOURS_AT_MOST);

  private constructor(
    private readonly amount: number,
    private readonly unit: "hours" | "days",
  ) {}

  /** @param amount a number of hours */
  public static hours(amount: number): Duration {
    return new Duration(amount, "hours");
  }

  /** @param amount a number of days of 24 hours */
  public static days(amount: number): Duration {
    return new Duration(amount, "days");
  }

  /**
   * A duration in hours, the unit in which Terraform's tls provider issues certificates.
   *
   * @param duration what was given for one: plain JavaScript may give anything
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
        "is longer than Terraform's tls provider can reckon",
        `give at most ${HOURS_AT_MOST} hours (292 years)`,
      );
    }
    if (!Number.isInteger(hours)) {
      throw refuse("is not a whole number of hours", "give whole hours, the unit of Terraform's tls provider");
    }
    return hours;
  }

  /**
   * A number of hours for a message, in days where it is whole days.
   *
   * @internal
   */
  public static describe(hours: number): string {
    const duration = hours % HOURS_A_DAY === 0 ? Duration.days(hours / HOURS_A_DAY) : Duration.hours(hours);
    return duration.toString();
  }

  public toString(): string {
    return `${this.amount} ${this.unit}`;
  }
}
