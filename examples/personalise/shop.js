// A shop that recognises a visitor who comes back, without knowing who it is.
const find = id => document.getElementById(id);

// The snippet sends views and clicks, after consent.
const snippet = document.createElement("script");
snippet.src = `${settings.portrait}/portrait.js`;
snippet.dataset.key = settings.collectKey;
snippet.onload = greet;
document.head.append(snippet);

function greet() {
  const visitor = portrait.visitor();
  if (visitor) personalise(visitor);
  else find("consent").hidden = false;
}

// A limited key shows a segment and a measure, and only to whoever has the visitor's random id.
async function personalise(visitor) {
  const answer = await fetch(`${settings.portrait}/api/v1/profiles/anonymous_id/${encodeURIComponent(visitor)}`,
    { headers: { Authorization: `Bearer ${settings.lookUpKey}` } });
  // 404: the visitor has not been heard of yet. The page must work without us in any case.
  if (!answer.ok) return;
  const { segments, measures } = await answer.json();
  if (segments.includes("leather-shoe-fans")) {
    find("coupon-shoe").textContent = measures.last_leather_shoe;
    find("coupon").hidden = false;
  }
}

find("yes").onclick = () => {
  portrait.consent(true);
  find("consent").hidden = true;
};
find("no").onclick = () => find("consent").hidden = true;
