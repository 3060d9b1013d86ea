// The page of one reading.

import { opened } from "./result.js";

document.documentElement.classList.add("script");
opened(document);
