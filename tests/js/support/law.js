// Sets the law of the room as a page would. tests/cases/test_cases.py compares it with the server's.

import { readFileSync } from "node:fs";
import { setLaw } from "tt/state/law";

setLaw(JSON.parse(readFileSync(new URL("../../cases/law.json", import.meta.url), "utf8")));
