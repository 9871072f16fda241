import { h, type Markup } from "../../page/markup/markup";
import { decimal } from "../../show/numbers";
import { MONTHS, nameOfMonth } from "../../page/months";
import { endsByMonth } from "./ends";
import type { Row } from "./row";

interface CalendarProps {
  readonly rows: readonly Row[];
  /** The current month, `2027-03`. */
  readonly month: string;
}

/** This many years, including the current one, show all months; other years show only months in which a certificate expires. */
const WHOLE_YEARS = 3;

/** The number of certificates that expire in each month. */
export function Calendar({ rows, month: current }: CalendarProps): Markup {
  const counts = endsByMonth(rows);
  const most = Math.max(1, ...counts.values());
  const years = [...new Set([...counts.keys()].map((month) => month.slice(0, 4)))];
  const isWhole = (year: string): boolean => Math.abs(Number(year) - Number(current.slice(0, 4))) < WHOLE_YEARS;
  return (
    <section aria-labelledby="calendar">
      <h3 id="calendar">Expiry by month</h3>
      {years.map((year) => (
        <div class="year">
          <h4>{year}</h4>
          <ol>
            {monthsOf(year)
              .filter((month) => isWhole(year) || counts.has(month))
              .map((month) => (
                <li class={month === current ? "now" : ""}>
                  <Month month={month} count={counts.get(month) ?? 0} most={most} />
                </li>
              ))}
          </ol>
        </div>
      ))}
    </section>
  );
}

/** `2027-01` and so on */
function monthsOf(year: string): string[] {
  return MONTHS.map((_, index) => `${year}-${String(index + 1).padStart(2, "0")}`);
}

interface MonthProps {
  readonly month: string;
  readonly count: number;
  /** The largest number in one month. */
  readonly most: number;
}

function Month({ month, count, most }: MonthProps): Markup {
  const short = nameOfMonth(month).slice(0, 3);
  if (count === 0) {
    return (
      <span class="month">
        <span>{short}</span>
        <span class="quiet">–</span>
      </span>
    );
  }
  return (
    <a class={`month heat${heatOf(count, most)}`} href="#list" data-filter="end" data-value={month}>
      <span>
        {short}
        <span class="unseen"> {month.slice(0, 4)}: </span>
      </span>
      <strong>{decimal(count)}</strong>
      <span class="unseen"> {count === 1 ? "certificate expires" : "certificates expire"}</span>
    </a>
  );
}

/** The shade of a month, from 1 to 4. */
function heatOf(count: number, most: number): number {
  return Math.ceil((4 * count) / most);
}
