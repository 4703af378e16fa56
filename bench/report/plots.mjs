/** Plots of runs: both axes logarithmic, one line a contender. */

import { countedResult, groupsOf } from './groups.mjs';

const SIZE = { width: 860, height: 480 };
const WIDEST_OF_LINES = 3;

const echarts = await import('echarts').catch(() => {
  throw new Error('echarts is not installed: npm install --prefix bench/report');
});

/** @returns {{ file: string, title: string, axis: string, unit: string, lines: object[] }[]} of one run */
export function plotsOf(run) {
  return run.answers.flatMap((answer) =>
    groupsOf(answer)
      .filter(({ name, scenarios }) => name !== undefined && scenarios.length > 2)
      .map(({ name, scenarios }) => ({
        file: fileOf(run, answer, name),
        run: run.name,
        question: answer.question,
        name,
        title: [...new Set([answer.title, name])].join(', '),
        axis: answer.axis,
        unit: answer.unit,
        lines: linesOf(answer, scenarios),
      })),
  );
}

function fileOf(run, { question, title }, name) {
  const parts = [run.name, question, ...(name === title ? [] : [name])];
  return `${parts.join('-').replace(/\W+/g, '-')}.svg`;
}

function linesOf(answer, scenarios) {
  return Object.entries(answer.contenders)
    .map(([contender, label]) => ({ contender, label, points: pointsOf(answer, contender, scenarios) }))
    .filter(({ points }) => points.length > 1);
}

function pointsOf(answer, contender, scenarios) {
  return scenarios.flatMap((scenario) => {
    const result = countedResult(answer, contender, scenario);
    return result === undefined ? [] : [[scenario.plot.x, result.summary.median]];
  });
}

/** @returns {string} an SVG document */
export function drawPlot({ title, axis, unit, lines }) {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, ...SIZE });
  const logarithmic = { type: 'log', nameLocation: 'middle', minorSplitLine: { show: false } };
  chart.setOption({
    animation: false,
    backgroundColor: '#ffffff',
    title: { text: title, left: 'center', textStyle: { fontSize: 15 } },
    legend: { orient: 'vertical', right: 10, top: 'middle', itemWidth: 18 },
    grid: { left: 80, right: 270, top: 50, bottom: 55 },
    xAxis: { ...logarithmic, name: axis, nameGap: 32, ...rangeOf(lines, 0) },
    yAxis: { ...logarithmic, name: unit, nameGap: 60, ...rangeOf(lines, 1) },
    series: lines.map(toSeries),
  });
  const svg = chart.renderToSVGString();
  chart.dispose();
  return svg;
}

function toSeries({ contender, label, points }) {
  const width = contender === 'ours' ? { width: WIDEST_OF_LINES } : {};
  return { type: 'line', name: label, data: points, lineStyle: width, symbolSize: 6 };
}

/** Whole powers of ten, so that two plots of one kind can be compared. */
function rangeOf(lines, index) {
  const values = lines.flatMap(({ points }) => points.map((point) => point[index]));
  return {
    min: 10 ** Math.floor(Math.log10(Math.min(...values))),
    max: 10 ** Math.ceil(Math.log10(Math.max(...values))),
  };
}
