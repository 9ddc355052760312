import { testTables } from "../../tests/support/boards/tables.ts";
import { openmvAe3 } from "./mod.ts";

testTables(openmvAe3, import.meta.url);
