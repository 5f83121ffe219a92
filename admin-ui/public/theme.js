// Runs before the first paint. Without a choice the system decides, in CSS alone.
try {
  var theme = localStorage.getItem("luge.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
} catch {
  // Storage may be blocked: then the system decides.
}
