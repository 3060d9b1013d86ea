// The page of one reading.

import { opened } from "./result.js";

opened(document);
