// What ECharts is told for each kind of plot. Shapes, patterns and labels tell what colours tell.

const INK = "#1b2430";
const SOFT = "#556170";
const COLOURS = ["#1a5d9e", "#b3420a", "#1f6b42", "#7c3a8c", "#7a5b00"];
const SHAPES = ["circle", "rect", "triangle", "diamond", "emptyCircle"];
const SIGNS = ["●", "■", "▲", "◆", "○"];
const DASHES = ["solid", "dashed", "dotted", [8, 3, 2, 3], [12, 4]];
const ROW_PX = 24;

/** As high as its rows need. */
export function heightOf(kind, rows) {
  return ["forest", "bars", "heat"].includes(kind) ? 70 + ROW_PX * rows + (kind === "heat" ? 130 : 0) : 280;
}

/** What tells the lines of a plot apart, beside it: nothing where there is one. */
export function legendOf(kind, titles) {
  if (kind !== "lines") return [];
  const list = document.createElement("ul");
  list.className = "legend";
  list.append(
    ...titles.map((title, at) => {
      const entry = document.createElement("li");
      entry.style.color = COLOURS[at];
      entry.textContent = `${SIGNS[at]} ${title}`;
      return entry;
    }),
  );
  return [list];
}

/** kind: lines, bars, columns, forest, band, heat. rows: {name, few, cells: [{text, value, low, high}]}. */
export function optionOf(kind, rows, titles, few) {
  const text = { fontFamily: getComputedStyle(document.body).fontFamily, color: INK };
  return { textStyle: text, color: COLOURS, ...KINDS[kind](rows, titles, few) };
}

const KINDS = {
  lines: (rows, titles) => ({
    tooltip: { trigger: "axis", renderMode: "richText" },
    grid: { left: 56, right: 20, top: 16, bottom: 30 },
    xAxis: { type: "category", data: rows.map((row) => row.name) },
    yAxis: { type: "value", minInterval: 1 },
    series: titles.map((name, at) => ({
      name,
      type: "line",
      symbol: SHAPES[at],
      symbolSize: 7,
      lineStyle: { type: DASHES[at] },
      data: rows.map((row) => row.cells[at].value),
    })),
  }),

  bars: (rows) => ({
    tooltip: { trigger: "item", renderMode: "richText", formatter: ({ dataIndex: at }) => told(rows[at]) },
    grid: { left: 190, right: 60, top: 10, bottom: 30 },
    xAxis: { type: "value", minInterval: 1 },
    yAxis: names(rows),
    series: [{ type: "bar", barMaxWidth: 16, label: { show: true, position: "right" }, data: values(rows) }],
  }),

  columns: (rows) => ({
    tooltip: { trigger: "item", renderMode: "richText", formatter: ({ dataIndex: at }) => told(rows[at]) },
    grid: { left: 56, right: 20, top: 24, bottom: 30 },
    xAxis: { type: "category", data: rows.map((row) => row.name) },
    yAxis: { type: "value", minInterval: 1 },
    series: [{ type: "bar", barMaxWidth: 40, label: { show: true, position: "top" }, data: values(rows) }],
  }),

  forest: (rows) => ({
    tooltip: { trigger: "item", renderMode: "richText", formatter: ({ dataIndex: at }) => told(rows[at]) },
    grid: { left: 190, right: 30, top: 10, bottom: 40 },
    xAxis: { type: "value", scale: true, axisLabel: { formatter: unit(rows) } },
    yAxis: names(rows),
    series: [
      {
        type: "custom",
        renderItem: (params, api) =>
          rows[params.dataIndex].cells[0].value === null
            ? inWords(rows[params.dataIndex], api.coord([0, params.dataIndex])[1])
            : whisker(rows[params.dataIndex], (value) => api.coord([value, params.dataIndex])),
        encode: { x: [0, 1, 2], y: 3 },
        data: limits(rows),
      },
    ],
  }),

  band: (rows) => ({
    tooltip: { trigger: "axis", renderMode: "richText", formatter: ([{ dataIndex: at }]) => told(rows[at]) },
    grid: { left: 56, right: 20, top: 16, bottom: 30 },
    xAxis: { type: "category", data: rows.map((row) => row.name), boundaryGap: false },
    yAxis: { type: "value", scale: true, axisLabel: { formatter: unit(rows) } },
    series: [
      { type: "line", stack: "limits", silent: true, symbol: "none", lineStyle: { opacity: 0 }, data: rows.map(({ cells: [cell] }) => cell.low) },
      {
        type: "line",
        stack: "limits",
        silent: true,
        symbol: "none",
        lineStyle: { opacity: 0 },
        areaStyle: { color: "#1a5d9e", opacity: 0.18 },
        data: rows.map(({ cells: [cell] }) => (cell.value === null ? null : cell.high - cell.low)),
      },
      { type: "line", symbol: "none", color: COLOURS[0], lineStyle: { width: 2 }, data: values(rows) },
      {
        type: "custom",
        renderItem: (params, api) => whisker(rows[params.dataIndex], (value) => api.coord([params.dataIndex, value])),
        encode: { x: 3, y: [0, 1, 2] },
        data: limits(rows),
      },
    ],
  }),

  heat: (rows, titles, few) => {
    const cells = rows.flatMap((row, y) => row.cells.map((cell, x) => ({ x, y, ...cell })));
    const known = cells.filter((cell) => cell.value !== null);
    const most = Math.max(0.01, ...known.map((cell) => cell.value));
    return {
      aria: { enabled: false }, // each cell has its number
      tooltip: {
        trigger: "item",
        renderMode: "richText",
        formatter: ({ data: [x, y, , text] }) => `${rows[y].name}\n${titles[x]}\n${text}`,
      },
      grid: { left: 190, right: 20, top: 10, bottom: 160 },
      xAxis: { type: "category", data: titles, axisLabel: { rotate: 40, interval: 0, width: 150, overflow: "truncate" } },
      yAxis: names(rows.map((row) => ({ ...row, name: row.few ? `${row.name}（${few}）` : row.name }))),
      visualMap: {
        min: 0,
        max: most,
        dimension: 2,
        calculable: false,
        orient: "horizontal",
        left: "center",
        bottom: 0,
        inRange: { color: ["#f5f7fa", "#f8d9bf", "#ef9a5c"] },
        text: [`${(100 * most).toFixed(1)}%`, "0%"],
      },
      series: [
        {
          type: "heatmap",
          label: { show: true, color: INK, formatter: ({ data }) => data[3] },
          itemStyle: { borderColor: "#fff", borderWidth: 1 },
          data: known.map((cell) => [cell.x, cell.y, cell.value, cell.text]),
        },
      ],
    };
  },
};

function names(rows) {
  return {
    type: "category",
    inverse: true,
    data: rows.map((row) => row.name),
    axisLabel: { width: 178, overflow: "truncate", interval: 0 },
  };
}

function values(rows) {
  return rows.map(({ cells: [cell] }) => cell.value);
}

function told(row) {
  return `${row.name}\n${row.cells[0].text}`;
}

/** How an axis writes values: as percents where the table does. */
function unit(rows) {
  const percents = rows.some(({ cells: [cell] }) => cell.text.includes("%"));
  return (value) => (percents ? `${+(100 * value).toFixed(1)}%` : `${+value.toFixed(2)}`);
}

function limits(rows) {
  return rows.map(({ cells: [cell] }, at) => [cell.low, cell.value, cell.high, at]);
}

/** A row that says nothing says so in words. */
function inWords({ cells: [cell] }, y) {
  const style = { text: cell.text, x: 196, y, verticalAlign: "middle", fill: SOFT, fontSize: 12 };
  return { type: "text", silent: true, style };
}

/** A point with its limits. place: where a value is. */
function whisker({ cells: [cell] }, place) {
  if (cell.value === null) return null;
  const [low, middle, high] = [cell.low, cell.value, cell.high].map(place);
  const flat = low[1] === high[1] && low[0] !== high[0];
  const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: COLOURS[0], lineWidth: 2 } });
  const end = ([x, y]) => (flat ? line(x, y - 5, x, y + 5) : line(x - 5, y, x + 5, y));
  const point = { type: "circle", shape: { cx: middle[0], cy: middle[1], r: 5 }, style: { fill: COLOURS[0] } };
  return { type: "group", children: [line(...low, ...high), end(low), end(high), point] };
}
