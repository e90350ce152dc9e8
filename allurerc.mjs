// How allure-results/ (pytest's and the monitor's own) becomes report/; see `nmo-monitor report`.
import { defineConfig } from "allure";

// Who is to act, and within that why. The labels come from exporters/allure.py; the order is the order of matching.
const SYSTEMS = {
  nmo: "НМО портал · NMO portal",
  gosuslugi: "Госуслуги · Gosuslugi",
  esia: "ЕСИА · ESIA",
  registry: "Реестры · registers",
  delivery: "Доставка кодов · code delivery",
  network: "Сеть · network",
};
const blamed = (system) => ({ labels: { system: new RegExp(`^${system}$`) } });

export default defineConfig({
  name: "Монитор НМО · NMO Monitor",
  output: "./report",
  resultsDir: "./allure-results",
  historyPath: "./.nmo-monitor/allure-history.jsonl",
  historyLimit: 200,
  categories: [
    ...Object.entries(SYSTEMS).map(([system, name]) => ({
      name,
      matchers: { ...blamed(system), statuses: ["failed"] },
      groupBy: [{ label: "cause" }],
      groupByMessage: false,
      expand: true,
    })),
    {
      name: "Сам монитор · the monitor itself",
      matchers: { statuses: ["broken"], labels: { framework: /^nmo-monitor$/ } },
      groupBy: [{ label: "cause" }],
      groupByMessage: false,
      expand: true,
    },
    {
      name: "Медленно или с оговорками · degraded",
      matchers: { statuses: ["passed"], labels: { tag: /^degraded$/ } },
      groupBy: [{ label: "system" }, { label: "cause" }],
      groupByMessage: false,
    },
    {
      name: "Регрессия в CI · CI regression",
      matchers: { statuses: ["failed", "broken"], labels: { framework: /^pytest$/ } },
      groupBy: ["severity"],
    },
  ],
  plugins: {
    awesome: {
      options: {
        singleFile: true,
        reportLanguage: "ru",
        groupBy: ["parentSuite", "suite", "subSuite"],
      },
    },
  },
});
