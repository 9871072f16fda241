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

/** Whichever is chosen: dashboards of several fleets and of several Prometheus are one. */
const PROMETHEUS: DataSourceRef = { type: "prometheus", uid: "${datasource}" };

const CHOSEN = '{source=~"$source"}';

/** Until the end of each certificate, by about when it ends where that is all that is known. */
const LEFT = `(mqtt_pki_certificate_not_after_timestamp_seconds${CHOSEN} or mqtt_pki_certificate_estimated_not_after_timestamp_seconds${CHOSEN}) - time()`;

const DAY = 86_400;

/** The seconds after which a report is old: what the alerts have. */
const OLD = 26 * 3600;

/** Where a report is old. */
const AGE = limits([null, "green"], [OLD, "red"]);
/** Of what there should be none. */
const NONE = limits([null, "green"], [1, "red"]);
/** Of seconds that are left. */
const SECONDS_LEFT = limits([null, "red"], [7 * DAY, "orange"], [30 * DAY, "green"]);

/** The dashboard for Grafana: what ends when, what clients refuse, what brokers serve, and how old all that is. */
export function dashboard(): Dashboard {
  const built = new DashboardBuilder("MQTT PKI")
    .uid("mqtt-pki")
    .description("Certificates of a fleet of MQTT brokers, as mqtt-pki inventory and mqtt-pki check tell of them.")
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
    .withPanel(count("Over", `count(${LEFT} < 0) or vector(0)`, NONE))
    .withPanel(count("End within 30 days", `count(${LEFT} < ${30 * DAY} >= 0) or vector(0)`, NONE))
    .withPanel(count("Refused by clients", `count(mqtt_pki_certificate_accepted${CHOSEN} == 0) or vector(0)`, NONE))
    .withPanel(count("Cannot be read", "sum(mqtt_pki_inventory_unreadable) or vector(0)", NONE))
    .withPanel(age("Age of the inventory", "mqtt_pki_inventory_timestamp_seconds"))
    .withRow(new RowBuilder("Ends"))
    .withPanel(
      table(
        "What ends first",
        "The 50 that end first. A negative time is since the end.",
        `bottomk(50, ${LEFT})`,
        "Left",
      )
        .unit("s")
        .height(12)
        .span(14),
    )
    .withPanel(ends())
    .withPanel(
      lines("Time left over time", "Of the ten that end first. A line goes up where a certificate was renewed.")
        .withTarget(series(`bottomk(10, min by (source, address) (${LEFT}))`, "{{address}}"))
        .unit("s")
        .thresholds(SECONDS_LEFT)
        .span(24),
    )
    .withPanel(
      table(
        "Due, and not renewed",
        "Since when each should have been renewed, where the state says when it is due.",
        `time() - mqtt_pki_certificate_renewal_timestamp_seconds${CHOSEN} > 0`,
        "Overdue",
      )
        .unit("s")
        .span(12),
    )
    .withPanel(
      table("Refused by clients", "mqtt-pki inventory says why.", `mqtt_pki_certificate_accepted${CHOSEN} == 0`).span(
        12,
      ),
    )
    .withRow(new RowBuilder("Brokers, as they were dialled"))
    .withPanel(count("Dialled", `count(mqtt_pki_broker_reachable${CHOSEN}) or vector(0)`, limits([null, "blue"])))
    .withPanel(count("Unreachable", `count(mqtt_pki_broker_reachable${CHOSEN} == 0) or vector(0)`, NONE))
    .withPanel(count("Refused by clients", `count(mqtt_pki_broker_accepted${CHOSEN} == 0) or vector(0)`, NONE))
    .withPanel(count("Serve another", `count(mqtt_pki_broker_current${CHOSEN} == 0) or vector(0)`, NONE))
    .withPanel(count("Cannot be read", "sum(mqtt_pki_check_unreadable) or vector(0)", NONE))
    .withPanel(age("Age of the check", "mqtt_pki_check_timestamp_seconds"))
    .withPanel(
      lines("Brokers over time", "What was found whenever they were dialled.")
        .withTarget(series(`count(mqtt_pki_broker_current${CHOSEN} == 1)`, "serve what is declared"))
        .withTarget(series(`count(mqtt_pki_broker_current${CHOSEN} == 0)`, "serve another"))
        .withTarget(series(`count(mqtt_pki_broker_accepted${CHOSEN} == 0)`, "refused by clients"))
        .withTarget(series(`count(mqtt_pki_broker_reachable${CHOSEN} == 0)`, "unreachable"))
        .min(0)
        .decimals(0)
        .span(12),
    )
    .withPanel(
      table(
        "Brokers to look at",
        "Unreachable, refused, or with another certificate than declared. mqtt-pki check says why.",
        ["reachable", "accepted", "current"]
          .map((what) => `label_replace(mqtt_pki_broker_${what}${CHOSEN} == 0, "not", "${what}", "", "")`)
          .join(" or "),
      ).span(12),
    )
    .withRow(new RowBuilder("Reports"))
    .withPanel(
      lines("Age of reports", `Old from ${OLD / 3600} hours on: then nothing above may hold any more.`)
        .withTarget(series("time() - mqtt_pki_inventory_timestamp_seconds", "inventory {{instance}}"))
        .withTarget(series("time() - mqtt_pki_check_timestamp_seconds", "check {{instance}}"))
        .unit("s")
        .thresholds(AGE)
        .span(12),
    )
    .withPanel(
      lines("Rules of one's own that are broken", "mqtt-pki inventory and mqtt-pki check name them.")
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

/** With the number of the panel and the letters of its queries, which Grafana would else make up whenever it is loaded. */
function numbered(panel: Row, index: number): Row {
  const id = index + 1;
  return panel.type === "row" || !("targets" in panel)
    ? { ...panel, id }
    : { ...panel, id, targets: panel.targets.map((target, at) => ({ ...target, refId: letter(at) })) };
}

function letter(index: number): string {
  return String.fromCharCode("A".charCodeAt(0) + index);
}

/** How many certificates end how soon. */
function ends(): BarGauge {
  const bounds = [-Infinity, 0, 7, 30, 90, 180, 365, Infinity];
  const panel = new BarGauge()
    .title("Certificates by the days that are left")
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
    const name = from === -Infinity ? "over" : to === Infinity ? `${from} and more` : `${from} to ${to}`;
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

/** A row for each series: those with the least value first, where that has a name and is shown. */
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

/** Colours, each from a value on; null is the least of all. */
function limits(...steps: readonly (readonly [value: number | null, color: string])[]): ThresholdsConfigBuilder {
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps(steps.map(([value, color]) => ({ value, color })));
}
