//! `domain_persona_assign`: has a model name the domain of a document and who would want to learn from it.
//!
//! It is the reference's stage, beside the classifier and the persona bank of ours: it needs no model on the machine, and
//! its personas are descriptions made for the document. A long document is judged by its first passage.

use std::sync::Arc;

use arrow::array::{ArrayRef, ListBuilder, StringArray, StringBuilder};
use futures::FutureExt as _;
use futures::future::BoxFuture;
use minijinja::context;
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Decided, Operator, OperatorError, ParamDef, ParamKind, ParamValue,
    ReasonDef, Remote, Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};
use serde::Deserialize;

use crate::ask::{Ask, Asked, Asker, Asking, Defaults, NUM_ASKING, asking_params, object, one_of, passage_of, texts};
use crate::personas::domain_key;
use crate::verify::text_at;
use crate::{Def, Resources};

/// The description of `domain_persona_assign`.
pub(crate) const DEF: Def = Def {
    name: "domain_persona_assign",
    summary: "has a model name a document's domain and who asks about it",
    version: 1,
    shape: Shape::Remote,
    takes: Takes::Documents,
    emits: false,
    reads: &[column::TEXT],
    adds: &[
        ColumnDef { name: column::DOMAIN, kind: ColumnType::Text, doc: "a domain of the taxonomy" },
        ColumnDef {
            name: column::PERSONAS,
            kind: ColumnType::TextList,
            doc: "descriptions of who asks, the best fitting first",
        },
    ],
    reasons: &[
        ReasonDef { name: "unknown_domain", doc: "the model names a domain that the taxonomy lacks" },
        ReasonDef { name: "no_persona", doc: "the model names nobody" },
        ReasonDef { name: "malformed_reply", doc: "the model's replies could not be read, also when asked again" },
        ReasonDef { name: "too_long", doc: "the prompt does not fit the model" },
        ReasonDef { name: "filtered", doc: "the model or its server refused" },
    ],
    params: PARAMS,
    build,
};

const DEFAULTS: Defaults =
    Defaults { model: "checker", prompt: "domain_personas.md", temperature: 0.0, max_tokens: 200 };

const PARAMS: &[ParamDef] = &asking_params::<{ NUM_ASKING + OWN.len() }>(DEFAULTS, OWN);

const OWN: &[ParamDef] = &[
    ParamDef {
        name: "max_personas",
        kind: ParamKind::Int { min: 1, max: 20 },
        default: Some(ParamValue::Int(3)),
        doc: "the most personas a document; 3 is the reference system's limit",
    },
    ParamDef {
        name: "taxonomy",
        kind: ParamKind::Text,
        default: Some(ParamValue::Text("domains/taxonomy.toml")),
        doc: "the file with the domains, below the pipeline directory",
    },
];

/// Longer descriptions are cut.
const MAX_PERSONA_CHARS: usize = 120;

/// What the model says.
#[derive(Deserialize)]
struct Named {
    domain: String,
    #[serde(default)]
    personas: Vec<String>,
}

#[derive(Deserialize)]
struct Taxonomy {
    domain: Vec<Domain>,
}

#[derive(Deserialize)]
struct Domain {
    name: String,
}

struct DomainPersonaAssign {
    asker: Asker,
    domains: Vec<String>,
    max_personas: usize,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let path = ctx.params.text("taxonomy")?;
    let file = ctx.resources.file(path).map_err(|error| BuildError::param("taxonomy", error.to_string()))?;
    let taxonomy: Taxonomy =
        toml::from_str(&file.text).map_err(|error| BuildError::param("taxonomy", format!("`{path}`: {error}")))?;
    let domains: Vec<String> = taxonomy.domain.into_iter().map(|domain| domain.name).collect();
    let names: Vec<&str> = domains.iter().map(String::as_str).collect();
    let max_personas = ctx.params.count("max_personas")?;
    let properties = [("domain", one_of(&names)), ("personas", texts(1, max_personas, MAX_PERSONA_CHARS))];
    let schema = object("domain_personas", &properties);
    let asker = Asker::build(ctx, Asking { schema, slots: &["domains", "max_personas"] })?;
    ctx.depends_on(path, file.digest);
    Ok(Operator::Remote(Arc::new(DomainPersonaAssign { asker, domains, max_personas })))
}

impl Remote for DomainPersonaAssign {
    fn decide<'a>(&'a self, rows: Rows<'a>) -> BoxFuture<'a, Result<Decided, OperatorError>> {
        async move {
            let text = text_at(rows.text(column::TEXT)?, 0);
            let passage = passage_of(text, self.asker.max_passage_tokens(), 0);
            let ask = Ask {
                purpose: "",
                document: text.get(passage),
                instruction: context! { domains => self.domains.clone(), max_personas => self.max_personas },
                tail: context! {},
            };
            Ok(match self.asker.ask::<Named>(ask).await? {
                Asked::Decided(fate) => decided(fate, None, &[]),
                Asked::Replied(replied) => self.assign(&replied.reply),
            })
        }
        .boxed()
    }

    fn in_flight(&self) -> usize {
        self.asker.in_flight()
    }
}

impl DomainPersonaAssign {
    fn assign(&self, named: &Named) -> Decided {
        let key = |name: &str| domain_key(&name.to_lowercase().replace(" and ", " "));
        let Some(domain) = self.domains.iter().find(|domain| key(domain) == key(&named.domain)) else {
            let said: String = named.domain.chars().take(60).collect();
            return decided(Fate::reject("unknown_domain", said), None, &[]);
        };
        let personas = tidied(&named.personas, self.max_personas);
        let fate = if personas.is_empty() { Fate::reject("no_persona", "") } else { Fate::Accept };
        decided(fate, Some(domain), &personas)
    }
}

fn decided(fate: Fate, domain: Option<&str>, personas: &[String]) -> Decided {
    let mut list = ListBuilder::new(StringBuilder::new());
    personas.iter().for_each(|persona| list.values().append_value(persona));
    list.append(domain.is_some());
    let columns: Vec<ArrayRef> = vec![Arc::new(StringArray::from(vec![domain])), Arc::new(list.finish())];
    Decided { fates: vec![fate], columns, ..Decided::default() }
}

/// Personas on one line each, none twice, no more than wanted.
fn tidied(personas: &[String], max_personas: usize) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for persona in personas {
        let words: Vec<&str> = persona.split_whitespace().collect();
        let persona: String = words.join(" ").trim_end_matches('.').chars().take(MAX_PERSONA_CHARS).collect();
        let is_new = found.iter().all(|other| other.to_lowercase() != persona.to_lowercase());
        if !persona.is_empty() && is_new {
            found.push(persona);
        }
    }
    found.truncate(max_personas);
    found
}

#[cfg(test)]
mod tests {
    use super::DEF;
    use crate::check::check_asking;
    use crate::scripted::Scripted;

    #[test]
    fn domain_and_personas_are_added() {
        let reply = r#"{"domain": "technology and engineering", "personas": [" A welder\nin Essen. ", "a welder in essen", "Bridge inspectors, retired", "A student", "A smith"]}"#;
        check_asking(
            &DEF,
            "",
            &Scripted::saying(reply),
            "text\nIron melts at 1538 °C.",
            "accept | Technology & Engineering | [A welder in Essen, Bridge inspectors, retired, A student]",
        );
    }

    #[test]
    fn unknown_domains_and_replies_without_people_are_rejected() {
        for (reply, expected) in [
            (r#"{"domain": "Cooking", "personas": ["A cook"]}"#, "reject unknown_domain: Cooking |  |"),
            (r#"{"domain": "Other", "personas": [" "]}"#, "reject no_persona:  | Other | []"),
            ("Other", "reject malformed_reply: expected value at line 1 column 1 |  |"),
        ] {
            check_asking(&DEF, "", &Scripted::saying(reply), "text\nIron melts at 1538 °C.", expected);
        }
    }

    #[test]
    fn the_prompt_lists_the_taxonomy() {
        let model = Scripted::saying(r#"{"domain": "Math", "personas": ["A pupil"]}"#);
        check_asking(&DEF, "", &model, "text\nTwo is prime.", "accept | Math | [A pupil]");
        assert!(model.prompts()[0].contains("Math; Technology & Engineering; Coding; "), "{}", model.prompts()[0]);
    }
}
