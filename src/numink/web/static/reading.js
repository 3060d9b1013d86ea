// The page of a reading.

import { openResult } from "./result.js";

openResult(document);
