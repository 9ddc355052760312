import type { RunReport } from "../../plan/report.ts";
import { writeText } from "./output_file.ts";
import { reportPage } from "./report_page.ts";

/** Writes the record of a run: a page if the name ends in `.html`, else JSON. @throws `not-found` */
export function writeReport(path: string, report: RunReport): void {
  const isPage = /\.html?$/i.test(path);
  writeText(path, isPage ? reportPage(report) : JSON.stringify(report, null, 2) + "\n");
}
