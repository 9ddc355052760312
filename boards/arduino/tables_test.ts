import { testTables } from "../../tests/support/boards/tables.ts";
import { arduino } from "./mod.ts";

testTables(arduino, import.meta.url);
