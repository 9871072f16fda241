/* eslint-disable @typescript-eslint/no-deprecated -- version 2 of dashboards is for Grafana 12 and later alone */
import {
  BarGaugeDisplayMode,
  type DataSourceRef,
  ReduceDataOptionsBuilder,
  TableSortByFieldStateBuilder,
  VizOrientation,
} from "@grafana/grafana-foundation-sdk/common";
import { PanelBuilder as BarGauge } from "@grafana/grafana-foundation-sdk/bargauge";
import {
  type Dashboard,
  DashboardBuilder,
  DatasourceVariableBuilder,
  QueryVariableBuilder,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
  VariableRefresh,
  VariableSort,
} from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder, PromQueryFormat } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as Stat } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as Table } from "@grafana/grafana-foundation-sdk/table";
import { PanelBuilder as TimeSeries } from "@grafana/grafana-foundation-sdk/timeseries";

/** The chosen data source, so that one dashboard serves several fleets and several Prometheus servers. */
const PROMETHEUS: DataSourceRef = { type: "prometheus", uid: "${datasource}" };

const CHOSEN = '{source=~"$source"}';

/** The time until each certificate expires; an estimate, if nothing better is known. */
const LEFT = `(mqtt_pki_certificate_not_after_timestamp_seconds${CHOSEN} or mqtt_pki_certificate_estimated_not_after_timestamp_seconds${CHOSEN}) - time()`;

const DAY = 86_400;

/** The seconds after which a report is old, as in the alerts. */
const OLD = 26 * 3600;

/** The colours of a report's age. */
const AGE = limits([null, "green"], [OLD, "red"]);
/** The colours of a number that should be 0. */
const NONE = limits([null, "green"], [1, "red"]);
/** The colours of the seconds left. */
const SECONDS_LEFT = limits([null, "red"], [7 * DAY, "orange"], [30 * DAY, "green"]);

/** The Grafana dashboard: expiry dates, refused certificates, what brokers serve, and the age of the reports. */
export function dashboard(): Dashboard {
  const built = new DashboardBuilder("MQTT PKI")
    .uid("mqtt-pki")
    .description("Certificates of a fleet of MQTT brokers, as reported by mqtt-pki inventory and mqtt-pki check.")
    .tags(["mqtt", "pki", "tls"])
    .timezone("browser")
    .time({ from: "now-30d", to: "now" })
    .refresh("5m")
    .readonly()
    .withVariable(new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"))
    .withVariable(
      new QueryVariableBuilder("source")
        .label("Source")
        .datasource(PROMETHEUS)
        .query('label_values({__name__=~"mqtt_pki_(certificate|broker)_.+"}, source)')
        .refresh(VariableRefresh.OnTimeRangeChanged)
        .sort(VariableSort.AlphabeticalAsc)
        .multi(true)
        .includeAll(true)
        .allValue(".*"),
    )
    .withRow(new RowBuilder("Now"))
    .withPanel(count("Certificates", `count(${LEFT}) or vector(0)`, limits([null, "blue"])))
    .withPanel(count("Expired", `count(${LEFT} < 0) or vector(0)`, NONE))
    .withPanel(count("Expire within 30 days", `count(${LEFT} < ${30 * DAY} >= 0) or vector(0)`, NONE))
    .withPanel(count("Refused by clients", `count(mqtt_pki_certificate_accepted${CHOSEN} == 0) or vector(0)`, NONE))
    .withPanel(count("Cannot be read", "sum(mqtt_pki_inventory_unreadable) or vector(0)", NONE))
    .withPanel(age("Age of the inventory", "mqtt_pki_inventory_timestamp_seconds"))
    .withRow(new RowBuilder("Expiry"))
    .withPanel(
      table(
        "First to expire",
        "The 50 certificates that expire first. A negative time is the time since expiry.",
        `bottomk(50, ${LEFT})`,
        "Time left",
      )
        .unit("s")
        .height(12)
        .span(14),
    )
    .withPanel(ends())
    .withPanel(
      lines("Time left", "The ten certificates that expire first. A line goes up when a certificate is renewed.")
        .withTarget(series(`bottomk(10, min by (source, address) (${LEFT}))`, "{{address}}"))
        .unit("s")
        .thresholds(SECONDS_LEFT)
        .span(24),
    )
    .withPanel(
      table(
        "Renewal overdue",
        "The time since each certificate was due for renewal, if the state has that date.",
        `time() - mqtt_pki_certificate_renewal_timestamp_seconds${CHOSEN} > 0`,
        "Overdue",
      )
        .unit("s")
        .span(12),
    )
    .withPanel(
      table("Refused by clients", "mqtt-pki inventory shows why.", `mqtt_pki_certificate_accepted${CHOSEN} == 0`).span(
        12,
      ),
    )
    .withRow(new RowBuilder("Brokers at the last check"))
    .withPanel(count("Dialled", `count(mqtt_pki_broker_reachable${CHOSEN}) or vector(0)`, limits([null, "blue"])))
    .withPanel(count("Unreachable", `count(mqtt_pki_broker_reachable${CHOSEN} == 0) or vector(0)`, NONE))
    .withPanel(count("Refused by clients", `count(mqtt_pki_broker_accepted${CHOSEN} == 0) or vector(0)`, NONE))
    .withPanel(count("Serve another certificate", `count(mqtt_pki_broker_current${CHOSEN} == 0) or vector(0)`, NONE))
    .withPanel(count("Cannot be read", "sum(mqtt_pki_check_unreadable) or vector(0)", NONE))
    .withPanel(age("Age of the check", "mqtt_pki_check_timestamp_seconds"))
    .withPanel(
      lines("Brokers over time", "The results of each check.")
        .withTarget(series(`count(mqtt_pki_broker_current${CHOSEN} == 1)`, "serve the declared certificate"))
        .withTarget(series(`count(mqtt_pki_broker_current${CHOSEN} == 0)`, "serve another certificate"))
        .withTarget(series(`count(mqtt_pki_broker_accepted${CHOSEN} == 0)`, "refused by clients"))
        .withTarget(series(`count(mqtt_pki_broker_reachable${CHOSEN} == 0)`, "unreachable"))
        .min(0)
        .decimals(0)
        .span(12),
    )
    .withPanel(
      table(
        "Brokers to look at",
        "Unreachable, refused, or without the declared certificate. mqtt-pki check shows why.",
        ["reachable", "accepted", "current"]
          .map((what) => `label_replace(mqtt_pki_broker_${what}${CHOSEN} == 0, "not", "${what}", "", "")`)
          .join(" or "),
      ).span(12),
    )
    .withRow(new RowBuilder("Reports"))
    .withPanel(
      lines("Age of reports", `A report is old after ${OLD / 3600} hours: its results may no longer hold.`)
        .withTarget(series("time() - mqtt_pki_inventory_timestamp_seconds", "inventory {{instance}}"))
        .withTarget(series("time() - mqtt_pki_check_timestamp_seconds", "check {{instance}}"))
        .unit("s")
        .thresholds(AGE)
        .span(12),
    )
    .withPanel(
      lines("Broken rules", "mqtt-pki inventory and mqtt-pki check name the rules.")
        .withTarget(series("mqtt_pki_inventory_broken_rules", "inventory {{instance}}"))
        .withTarget(series("mqtt_pki_check_broken_rules", "check {{instance}}"))
        .min(0)
        .decimals(0)
        .span(12),
    )
    .build();
  return { ...built, panels: (built.panels ?? []).map(numbered) };
}

type Row = NonNullable<Dashboard["panels"]>[number];

/** Adds the number of the panel and the letters of its queries, which Grafana would otherwise generate on each load. */
function numbered(panel: Row, index: number): Row {
  const id = index + 1;
  return panel.type === "row" || !("targets" in panel)
    ? { ...panel, id }
    : { ...panel, id, targets: panel.targets.map((target, at) => ({ ...target, refId: letter(at) })) };
}

function letter(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

/** The number of certificates by time left. */
function ends(): BarGauge {
  const bounds = [-Infinity, 0, 7, 30, 90, 180, 365, Infinity];
  const panel = new BarGauge()
    .title("Certificates by days left")
    .datasource(PROMETHEUS)
    .orientation(VizOrientation.Horizontal)
    .displayMode(BarGaugeDisplayMode.Basic)
    .thresholds(limits([null, "blue"]))
    .min(0)
    .decimals(0)
    .height(12)
    .span(10);
  bounds.slice(1).forEach((to, index) => {
    const from = bounds[index] ?? 0;
    const atLeast = from === -Infinity ? "" : ` >= ${from * DAY}`;
    const lessThan = to === Infinity ? "" : ` < ${to * DAY}`;
    const name = from === -Infinity ? "expired" : to === Infinity ? `${from} or more` : `${from} to ${to}`;
    panel.withTarget(instant(`count(${LEFT}${lessThan}${atLeast}) or vector(0)`).legendFormat(name));
  });
  return panel;
}

function count(title: string, expr: string, thresholds: ThresholdsConfigBuilder): Stat {
  return new Stat()
    .title(title)
    .datasource(PROMETHEUS)
    .withTarget(instant(expr))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(["lastNotNull"]))
    .thresholds(thresholds)
    .height(4)
    .span(4);
}

function age(title: string, metric: string): Stat {
  return count(title, `max(time() - ${metric})`, AGE).unit("s").noValue("none");
}

/** A row for each series, the smallest value first if the value is shown. */
function table(title: string, description: string, expr: string, value?: string): Table {
  const panel = new Table()
    .title(title)
    .description(description)
    .datasource(PROMETHEUS)
    .withTarget(instant(expr).format(PromQueryFormat.Table))
    .withTransformation({
      id: "organize",
      options: {
        excludeByName: { Time: true, __name__: true, instance: true, job: true, Value: value === undefined },
        renameByName: value === undefined ? {} : { Value: value },
      },
    })
    .noValue("none")
    .height(8);
  return value === undefined ? panel : panel.sortBy([new TableSortByFieldStateBuilder().displayName(value)]);
}

function lines(title: string, description: string): TimeSeries {
  return new TimeSeries().title(title).description(description).datasource(PROMETHEUS).height(8);
}

function instant(expr: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(PROMETHEUS).expr(expr).instant();
}

function series(expr: string, legend: string): DataqueryBuilder {
  return new DataqueryBuilder().datasource(PROMETHEUS).expr(expr).range().legendFormat(legend);
}

/** Colours, each from a value upwards; null is the smallest value. */
function limits(...steps: readonly (readonly [value: number | null, color: string])[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));
}
