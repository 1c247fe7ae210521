//! The templates of our WABAs as Meta has told of them.

use std::collections::HashMap;

use wharf_model::template::TemplateDefinition;

use super::page::{Page, Where};
use super::scope::Scope;
use super::{Row, StoreError, Tx, outbound};
use crate::clock::Millis;

/// A template in one language.
#[derive(Debug, Clone)]
pub(crate) struct Template {
    pub(crate) id: String,
    pub(crate) waba_id: String,
    pub(crate) name: String,
    pub(crate) language: String,
    /// Meta's word.
    pub(crate) status: String,
    pub(crate) category: Option<String>,
    pub(crate) quality: Option<String>,
    pub(crate) parameter_format: Option<String>,
    pub(crate) rejected_reason: Option<String>,
    /// When its pause ends, if it is paused and that is known.
    pub(crate) paused_until: Option<Millis>,
    /// Meta's JSON as it was fetched; what stands beside it is newer.
    pub(crate) definition: String,
    /// When Meta told its status.
    pub(crate) status_at: Millis,
    /// When we saw its text or category change last.
    pub(crate) changed_at: Millis,
    pub(crate) fetched_at: Millis,
}

/// How the list of a WABA's templates stands.
#[derive(Debug, Clone, Default)]
pub(crate) struct ListState {
    pub(crate) fetched_at: Option<Millis>,
    pub(crate) wanted_at: Option<Millis>,
    pub(crate) tried_at: Option<Millis>,
    pub(crate) error: Option<String>,
}

/// What a webhook says of a template; what it does not say is left.
#[derive(Debug, Default)]
pub(crate) struct News<'a> {
    pub(crate) status: Option<&'a str>,
    pub(crate) paused_until: Option<Millis>,
    pub(crate) rejected_reason: Option<&'a str>,
    pub(crate) category: Option<&'a str>,
    pub(crate) quality: Option<&'a str>,
}

const COLUMNS: &str = "id, waba_id, name, language, status, category, quality, parameter_format, \
    rejected_reason, paused_until, definition, status_at, changed_at, fetched_at";

impl Template {
    /// What Meta told of a template; none if it did not say which one it is.
    pub(crate) fn of(
        waba_id: &str,
        definition: &TemplateDefinition,
        now: Millis,
    ) -> Result<Option<Self>, StoreError> {
        let (Some(id), Some(name), Some(language)) =
            (&definition.id, &definition.name, &definition.language)
        else {
            return Ok(None);
        };
        let text = |text: &str| Some(text.to_owned());
        let status = definition.status.as_ref();
        Ok(Some(Self {
            id: id.as_str().to_owned(),
            waba_id: waba_id.to_owned(),
            name: name.clone(),
            language: language.clone(),
            status: status
                .map_or("UNKNOWN", |status| status.as_str())
                .to_owned(),
            category: definition
                .category
                .as_ref()
                .and_then(|it| text(it.as_str())),
            quality: definition
                .quality_score
                .as_ref()
                .and_then(|it| it.score.clone()),
            parameter_format: definition
                .parameter_format
                .as_ref()
                .and_then(|it| text(it.as_str())),
            rejected_reason: definition
                .rejected_reason
                .clone()
                .filter(|reason| reason != "NONE"),
            paused_until: None,
            definition: outbound::json(definition)?,
            status_at: now,
            changed_at: now,
            fetched_at: now,
        }))
    }

    /// What it consists of, as a message is compared with it.
    pub(crate) fn read(&self) -> Option<TemplateDefinition> {
        serde_json::from_str(&self.definition).ok()
    }
}

/// Keeps templates as they were fetched by a call that began at `begun`. A status that a webhook
/// told since is newer.
pub(crate) fn keep(tx: &Tx<'_>, templates: &[Template], begun: Millis) -> Result<(), StoreError> {
    for template in templates {
        tx.later(
            "INSERT INTO templates (id, waba_id, name, language, status, category, quality, \
             parameter_format, rejected_reason, paused_until, definition, status_at, changed_at, \
             fetched_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
             ON CONFLICT (id, waba_id) DO UPDATE SET name = excluded.name, \
             language = excluded.language, \
             paused_until = CASE WHEN templates.status_at > $15 \
               OR templates.status = excluded.status THEN templates.paused_until ELSE NULL END, \
             status = CASE WHEN templates.status_at > $15 \
               THEN templates.status ELSE excluded.status END, \
             category = CASE WHEN templates.status_at > $15 \
               THEN templates.category ELSE excluded.category END, \
             quality = CASE WHEN templates.status_at > $15 \
               THEN templates.quality ELSE excluded.quality END, \
             parameter_format = excluded.parameter_format, \
             status_at = CASE WHEN templates.status_at > $15 \
               THEN templates.status_at ELSE excluded.status_at END, \
             rejected_reason = excluded.rejected_reason, \
             changed_at = CASE WHEN templates.definition = excluded.definition \
               THEN templates.changed_at ELSE excluded.changed_at END, \
             definition = excluded.definition, fetched_at = excluded.fetched_at",
            &[
                (&template.id).into(),
                (&template.waba_id).into(),
                (&template.name).into(),
                (&template.language).into(),
                (&template.status).into(),
                (&template.category).into(),
                (&template.quality).into(),
                (&template.parameter_format).into(),
                (&template.rejected_reason).into(),
                template.paused_until.into(),
                (&template.definition).into(),
                template.status_at.into(),
                template.changed_at.into(),
                template.fetched_at.into(),
                begun.into(),
            ],
        )?;
    }
    Ok(())
}

/// All templates of the WABA were fetched by calls since `begun`: what was not among them is gone.
pub(crate) fn listed(
    tx: &Tx<'_>,
    waba_id: &str,
    begun: Millis,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "UPDATE templates SET status = 'DELETED', status_at = $1 \
         WHERE waba_id = $2 AND fetched_at < $3 AND status <> 'DELETED'",
        &[now.into(), waba_id.into(), begun.into()],
    )?;
    // Nobody needs to know of it longer than its name is blocked.
    tx.later(
        "DELETE FROM templates WHERE waba_id = $1 AND status = 'DELETED' AND status_at < $2",
        &[waba_id.into(), now.saturating_sub(NAME_BLOCKED).into()],
    )?;
    tx.later(
        "INSERT INTO template_lists (waba_id, fetched_at, tried_at) VALUES ($1, $2, $2) \
         ON CONFLICT (waba_id) DO UPDATE SET fetched_at = excluded.fetched_at, \
         tried_at = excluded.tried_at, error = NULL, \
         wanted_at = CASE WHEN template_lists.wanted_at > $3 THEN template_lists.wanted_at END",
        &[waba_id.into(), now.into(), begun.into()],
    )
}

/// The name of a deleted template is blocked for so long. See [Cloud API/Template management].
const NAME_BLOCKED: Millis = 30 * 24 * 3600 * 1000;

/// The templates could not be listed.
pub(crate) fn not_listed(
    tx: &Tx<'_>,
    waba_id: &str,
    error: &str,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO template_lists (waba_id, tried_at, error) VALUES ($1, $2, $3) \
         ON CONFLICT (waba_id) DO UPDATE SET tried_at = excluded.tried_at, error = excluded.error",
        &[waba_id.into(), now.into(), error.into()],
    )
}

/// Something changed that only listing the templates again can tell.
pub(crate) fn want(tx: &Tx<'_>, waba_id: &str, now: Millis) -> Result<(), StoreError> {
    tx.later(
        "INSERT INTO template_lists (waba_id, wanted_at) VALUES ($1, $2) \
         ON CONFLICT (waba_id) DO UPDATE SET wanted_at = excluded.wanted_at",
        &[waba_id.into(), now.into()],
    )
}

/// Notes what a webhook of `at` says of a template; `false` if the template is not known.
pub(crate) fn apply(
    tx: &Tx<'_>,
    waba_id: &str,
    id: &str,
    news: &News<'_>,
    at: Millis,
) -> Result<bool, StoreError> {
    // One statement, so that nothing is overwritten that another node has noted meanwhile.
    let known = tx.execute(
        "UPDATE templates SET \
         status = CASE WHEN CAST($1 AS TEXT) IS NOT NULL AND status_at <= $2 \
           THEN $1 ELSE status END, \
         paused_until = CASE WHEN CAST($1 AS TEXT) IS NOT NULL AND status_at <= $2 \
           THEN $3 ELSE paused_until END, \
         rejected_reason = CASE WHEN CAST($1 AS TEXT) IS NOT NULL AND status_at <= $2 \
           THEN $4 ELSE rejected_reason END, \
         changed_at = CASE WHEN CAST($5 AS TEXT) IS NOT NULL AND category IS DISTINCT FROM $5 \
           THEN $2 ELSE changed_at END, \
         category = COALESCE($5, category), quality = COALESCE($6, quality), \
         status_at = CASE WHEN status_at < $2 THEN $2 ELSE status_at END \
         WHERE id = $7 AND waba_id = $8",
        &[
            news.status.into(),
            at.into(),
            news.paused_until.into(),
            news.rejected_reason.into(),
            news.category.into(),
            news.quality.into(),
            id.into(),
            waba_id.into(),
        ],
    )?;
    Ok(known == 1)
}

/// Marks a template as deleted, in one language or, without an id, in all.
pub(crate) fn deleted(
    tx: &Tx<'_>,
    waba_id: &str,
    name: &str,
    id: Option<&str>,
    now: Millis,
) -> Result<(), StoreError> {
    tx.later(
        "UPDATE templates SET status = 'DELETED', status_at = $1 WHERE waba_id = $2 AND name = $3 \
         AND (CAST($4 AS TEXT) IS NULL OR id = $4)",
        &[now.into(), waba_id.into(), name.into(), id.into()],
    )
}

/// The WABAs that have channels which can call: each with one of those, one that is not paused if
/// there is any.
pub(crate) fn wabas(tx: &Tx<'_>) -> Result<Vec<(String, String)>, StoreError> {
    let all = tx.all(
        "SELECT COALESCE(c.waba_id, h.waba_id), c.id FROM channels c \
         LEFT JOIN channel_hearing h ON h.channel_id = c.id \
         WHERE c.access_token IS NOT NULL AND COALESCE(c.waba_id, h.waba_id) IS NOT NULL \
         AND c.carrier = 'cloud' \
         ORDER BY 1, CASE WHEN c.paused_at IS NULL THEN 0 ELSE 1 END, c.id",
        &[],
        |row| Ok((row.text(0)?, row.text(1)?)),
    )?;
    let mut wabas: Vec<(String, String)> = Vec::new();
    for (waba, channel) in all {
        if wabas.last().is_none_or(|(last, _)| *last != waba) {
            wabas.push((waba, channel));
        }
    }
    Ok(wabas)
}

/// How the lists stand, by WABA.
pub(crate) fn lists(tx: &Tx<'_>) -> Result<HashMap<String, ListState>, StoreError> {
    let rows = tx.all(
        "SELECT waba_id, fetched_at, wanted_at, tried_at, error FROM template_lists",
        &[],
        |row| {
            let state = ListState {
                fetched_at: row.maybe_int(1)?,
                wanted_at: row.maybe_int(2)?,
                tried_at: row.maybe_int(3)?,
                error: row.maybe_text(4)?,
            };
            Ok((row.text(0)?, state))
        },
    )?;
    Ok(rows.into_iter().collect())
}

/// The template of this name and language; of two, the one that is not deleted.
pub(crate) fn find(
    tx: &Tx<'_>,
    waba_id: &str,
    name: &str,
    language: &str,
) -> Result<Option<Template>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM templates WHERE waba_id = $1 AND name = $2 AND language = $3 \
         ORDER BY CASE WHEN status = 'DELETED' THEN 1 ELSE 0 END, fetched_at DESC LIMIT 1"
    );
    tx.first(
        &sql,
        &[waba_id.into(), name.into(), language.into()],
        template,
    )
}

/// One template by Meta's id.
pub(crate) fn by_id(tx: &Tx<'_>, id: &str) -> Result<Option<Template>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM templates WHERE id = $1 ORDER BY waba_id LIMIT 1");
    tx.first(&sql, &[id.into()], template)
}

/// One template by Meta's id, of a WABA of these channels.
pub(crate) fn within(tx: &Tx<'_>, id: &str, scope: &Scope) -> Result<Option<Template>, StoreError> {
    let wabas = wabas_of(tx, scope)?;
    let template = by_id(tx, id)?;
    Ok(template.filter(|template| wabas.is_none_or(|wabas| wabas.contains(&template.waba_id))))
}

/// What a list of templates is narrowed to.
#[derive(Debug, Default)]
pub(crate) struct Filter {
    pub(crate) waba: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) language: Option<String>,
    pub(crate) status: Option<String>,
    pub(crate) category: Option<String>,
    /// Only of the WABAs of these channels.
    pub(crate) scope: Scope,
}

/// The WABAs of these channels; none if they are all.
pub(crate) fn wabas_of(tx: &Tx<'_>, scope: &Scope) -> Result<Option<Vec<String>>, StoreError> {
    if !scope.is_limited() {
        return Ok(None);
    }
    let mut sql = Where::new(
        "SELECT DISTINCT COALESCE(c.waba_id, h.waba_id) FROM channels c \
         LEFT JOIN channel_hearing h ON h.channel_id = c.id"
            .to_owned(),
    );
    sql.and_in("COALESCE(c.waba_id, h.waba_id) IS NOT NULL AND c.id", scope);
    Ok(Some(sql.all(tx, |row| row.text(0))?))
}

/// A page of templates, by Meta's ids, the highest first.
pub(crate) fn list(tx: &Tx<'_>, filter: &Filter, page: &Page) -> Result<Vec<Template>, StoreError> {
    let wabas = wabas_of(tx, &filter.scope)?;
    let mut sql = Where::new(format!("SELECT {COLUMNS} FROM templates"));
    match wabas.as_deref() {
        None => {}
        Some([]) => return Ok(Vec::new()),
        Some(wabas) => sql.and_one_of("waba_id", wabas),
    }
    sql.and_if("waba_id =", filter.waba.as_deref());
    sql.and_if("name =", filter.name.as_deref());
    sql.and_if("language =", filter.language.as_deref());
    sql.and_if("status =", filter.status.as_deref());
    sql.and_if("category =", filter.category.as_deref());
    sql.and_older(page);
    sql.all(tx, template)
}

fn template(row: &Row<'_>) -> Result<Template, StoreError> {
    Ok(Template {
        id: row.text(0)?,
        waba_id: row.text(1)?,
        name: row.text(2)?,
        language: row.text(3)?,
        status: row.text(4)?,
        category: row.maybe_text(5)?,
        quality: row.maybe_text(6)?,
        parameter_format: row.maybe_text(7)?,
        rejected_reason: row.maybe_text(8)?,
        paused_until: row.maybe_int(9)?,
        definition: row.text(10)?,
        status_at: row.int(11)?,
        changed_at: row.int(12)?,
        fetched_at: row.int(13)?,
    })
}
