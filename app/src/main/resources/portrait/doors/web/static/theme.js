// Runs before the page is painted: "auto" follows the system, so nobody is blinded for a moment.
const root = document.documentElement;
const dark = matchMedia("(prefers-color-scheme: dark)");
const paint = () => {
  if (root.dataset.theme === "auto") root.dataset.bsTheme = dark.matches ? "dark" : "light";
};
paint();
dark.addEventListener("change", paint);
