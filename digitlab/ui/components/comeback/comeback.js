// Tells Python when Streamlit's own connection is back; that a value is sent is what makes the page run again.

export default function ({ setStateValue }) {
  const app = document.querySelector("[data-test-connection-state]");
  let wasLost = false;
  const look = () => {
    const isLost = app.dataset.testConnectionState !== "CONNECTED";
    if (wasLost && !isLost) setStateValue("back", Date.now());
    wasLost = isLost;
  };
  const observer = new MutationObserver(look);
  if (app) observer.observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] });
  return () => observer.disconnect();
}
