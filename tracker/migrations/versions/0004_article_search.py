"""The index of articles, kept in step by triggers."""

from alembic import op

revision = "0004"
down_revision = "0003"

SQLITE = (
    "CREATE VIRTUAL TABLE article_search USING fts5(headline, outlet, excerpt, content = 'article', "
    "content_rowid = 'id', tokenize = 'porter unicode61 remove_diacritics 2')",
    "CREATE TRIGGER article_search_insert AFTER INSERT ON article BEGIN "
    "INSERT INTO article_search (rowid, headline, outlet, excerpt) "
    "VALUES (new.id, new.headline, new.outlet, new.excerpt); END",
    "CREATE TRIGGER article_search_delete AFTER DELETE ON article BEGIN "
    "INSERT INTO article_search (article_search, rowid, headline, outlet, excerpt) "
    "VALUES ('delete', old.id, old.headline, old.outlet, old.excerpt); END",
    "CREATE TRIGGER article_search_update AFTER UPDATE OF headline, outlet, excerpt ON article BEGIN "
    "INSERT INTO article_search (article_search, rowid, headline, outlet, excerpt) "
    "VALUES ('delete', old.id, old.headline, old.outlet, old.excerpt); "
    "INSERT INTO article_search (rowid, headline, outlet, excerpt) "
    "VALUES (new.id, new.headline, new.outlet, new.excerpt); END",
    "INSERT INTO article_search (article_search) VALUES ('rebuild')",
)
WORDS = (
    "setweight(to_tsvector('english', {row}.headline), 'A') || setweight(to_tsvector('english', {row}.outlet), 'B') "
    "|| setweight(to_tsvector('english', {row}.excerpt), 'D')"
)
POSTGRESQL = (
    "CREATE TABLE article_search (article_id INTEGER PRIMARY KEY REFERENCES article (id) ON DELETE CASCADE, "
    "words TSVECTOR NOT NULL)",
    "CREATE INDEX ix_article_search_words ON article_search USING GIN (words)",
    "CREATE FUNCTION index_article() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO article_search (article_id, words) VALUES (new.id, "
    + WORDS.format(row="new")
    + ") ON CONFLICT (article_id) DO UPDATE SET words = excluded.words; RETURN NULL; END $$",
    "CREATE TRIGGER article_search_keep AFTER INSERT OR UPDATE OF headline, outlet, excerpt ON article "
    "FOR EACH ROW EXECUTE FUNCTION index_article()",
    "INSERT INTO article_search (article_id, words) SELECT a.id, " + WORDS.format(row="a") + " FROM article a",
)


def upgrade() -> None:
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
