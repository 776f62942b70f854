// The list page of the blog in examples/blog, as its templates write it, for the contenders in JavaScript.

import style from "style.css";

const PER_PAGE = 20;

// Its last line break is the template's end.
const STYLE = style.trimEnd();

/** The statement behind a page; its one parameter is how many posts come before it. */
export const LIST =
  `SELECT id, title, substr(content, 1, 240), pub_date FROM post ORDER BY pub_date DESC, id DESC LIMIT ${PER_PAGE + 1} OFFSET ?`;

export const HEADERS = {
  "content-type": "text/html; charset=utf-8",
  "content-security-policy":
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
};

const MONTHS = [
  "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
  "December",
];

const SPECIAL = /[&<>"']/g;
const ESCAPES = { "&": "&#38;", "<": "&#60;", ">": "&#62;", '"': "&#34;", "'": "&#39;" };
const escape = (text) => text.replace(SPECIAL, (character) => ESCAPES[character]);

function item([id, title, beginning, moment], prefix) {
  const date = new Date(moment);
  const day = `${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
  return `
  <li>
    <h2><a href="${prefix}/blog/post/${id}/">${escape(title)}</a></h2>
    
    <time datetime="${date.toISOString().slice(0, 10)}">${day}</time>
    <p>${escape(beginning)}</p>
  </li>
`;
}

/** The page of `rows`, which the statement gave, with the number `number`. */
export function page(rows, number, site, prefix) {
  const older = rows.length > PER_PAGE;
  if (older) rows.length = PER_PAGE;
  let posts = "";
  for (const row of rows) posts += item(row, prefix);
  const newer = number > 1 ? `<a rel="prev" href="${prefix}/blog/?page=${number - 1}">← Newer</a>` : "<span></span>";
  const next = older ? `<a rel="next" href="${prefix}/blog/?page=${number + 1}">Older →</a>` : "<span></span>";
  const pages = number > 1 || older
    ? `
<nav class="pages" aria-label="Pages">
  ${newer}
  <span>Page ${number}</span>
  ${next}
</nav>
`
    : "";
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Posts – ${site}</title>
<link rel="icon" href="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M2 8 8 2l6 6v6H2z' fill='%23b4552d'/%3E%3C/svg%3E">
<style>
${STYLE}</style>
</head>
<body>
<header>
  <a class="brand" href="${prefix}/">${site}</a>
  <nav>
    <a href="${prefix}/blog/">Posts</a>
    <a href="${prefix}/blog/new/">Write</a>
  </nav>
</header>
<main>

<h1>Posts</h1>
<ol class="posts">
${posts}
</ol>
${pages}

</main>
<footer>Every page is one transaction, in one actor, on one SQLite database.</footer>
</body>
</html>`;
}
