// Marks the document as scripted before it is drawn: style sheets show and hide elements by it, so that nothing moves
// when the modules have loaded.

document.documentElement.classList.add("script");
