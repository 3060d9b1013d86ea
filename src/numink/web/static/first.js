// Before anything is drawn: what needs scripts is shown, and what is for browsers without them is not, so that
// nothing jumps when the modules have come.

document.documentElement.classList.add("script");
