// Pictures and sounds are loaded with the page, seen or not; one that a bad line has cost is asked for again.

const AGAIN = 5000; // milliseconds

export function keepLoading(root) {
  const again = () => {
    for (const picture of root.querySelectorAll(".medium img")) {
      if (picture.complete && !picture.naturalWidth) picture.src = picture.getAttribute("src");
    }
    for (const sound of root.querySelectorAll(".medium audio")) if (sound.error) sound.load();
  };
  addEventListener("online", again);
  setInterval(again, AGAIN);
}
