//! `persona_assign`: chooses who asks about a document, out of the bank of its domain.
//!
//! A persona fits as well as what it cares for resembles the document, by the cosine of their embeddings. Of personas
//! that would first ask for the same kind of fact only the nearest is taken while others are left, so that several
//! personas on one document ask for different things.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow::array::{Array, ArrayRef, AsArray, ListArray, ListBuilder, StringBuilder};
use arrow::datatypes::Float32Type;
use quarry_engine::operator::{
    BuildContext, BuildError, ColumnDef, ColumnType, Compute, Decided, Operator, OperatorError, ParamDef, ParamKind,
    ParamValue, ReasonDef, Rows, Shape, Takes,
};
use quarry_schema::{Fate, column};

use crate::{Def, Persona, PersonaBank, ResourceError, Resources};

/// The description of `persona_assign`.
pub(crate) const DEF: Def = Def {
    name: "persona_assign",
    summary: "chooses who asks about a document",
    version: 1,
    shape: Shape::Compute,
    takes: Takes::Documents,
    emits: false,
    reads: &[column::DOMAIN, column::EMBEDDING],
    adds: &[ColumnDef {
        name: column::PERSONAS,
        kind: ColumnType::TextList,
        doc: "ids of the personas that ask, the best fitting first",
    }],
    reasons: &[ReasonDef { name: "no_persona", doc: "the bank has no persona for the document's domain" }],
    params: &[
        ParamDef {
            name: "personas",
            kind: ParamKind::Int { min: 1, max: 20 },
            default: Some(ParamValue::Int(3)),
            doc: "the most personas a document; 3 is the reference system's limit",
        },
        ParamDef {
            name: "bank",
            kind: ParamKind::Text,
            default: Some(ParamValue::Text("personas")),
            doc: "the folder of the persona bank, below the pipeline directory",
        },
        ParamDef {
            name: "encoder",
            kind: ParamKind::Text,
            default: Some(ParamValue::Text("minilm")),
            doc: "the encoder that made the column `embedding`, as the name of its folder in `models/`",
        },
    ],
    build,
};

struct PersonaAssign {
    bank: PersonaBank,
    /// Embedding of `cares_for`, by persona id.
    embeddings: BTreeMap<String, Vec<f32>>,
    max_personas: usize,
}

fn build(ctx: &mut BuildContext<'_, Resources>) -> Result<Operator, BuildError> {
    let (folder, name) = (ctx.params.text("bank")?, ctx.params.text("encoder")?);
    let at = |param: &'static str| move |error: ResourceError| BuildError::param(param, error.to_string());
    let bank = PersonaBank::load(ctx.resources, folder).map_err(at("bank"))?;
    let encoder = ctx.resources.encoder(name).map_err(at("encoder"))?;
    let personas: Vec<&Persona> = bank.domains().flat_map(|(_, personas)| personas).collect();
    let texts: Vec<&str> = personas.iter().map(|persona| persona.cares_for.as_str()).collect();
    let embedded = encoder.embed(&texts).map_err(|error| BuildError::param("encoder", error.to_string()))?;
    let embeddings = personas.iter().map(|persona| persona.id.clone()).zip(embedded).collect();
    ctx.depends_on(folder, bank.digest());
    ctx.depends_on(format!("models/{name}"), encoder.digest());
    ctx.runs_on(encoder.name(), encoder.identity());
    let max_personas = ctx.params.count("personas")?;
    Ok(Operator::Compute(Arc::new(PersonaAssign { bank, embeddings, max_personas })))
}

impl Compute for PersonaAssign {
    fn decide(&self, rows: Rows<'_>) -> Result<Decided, OperatorError> {
        let domains = rows.text(column::DOMAIN)?;
        let embeddings = rows.list(column::EMBEDDING)?;
        let mut fates = Vec::with_capacity(rows.len());
        let mut ids = ListBuilder::new(StringBuilder::new());
        for (idx, domain) in domains.iter().enumerate() {
            let personas = self.bank.personas(domain.unwrap_or_default());
            let embedding = vector(embeddings, idx)?;
            let chosen = self.choose(personas, &embedding)?;
            fates.push(match chosen.is_empty() {
                true => Fate::reject("no_persona", domain.unwrap_or("no domain")),
                false => Fate::Accept,
            });
            chosen.iter().for_each(|persona| ids.values().append_value(&persona.id));
            ids.append(true);
        }
        let columns: Vec<ArrayRef> = vec![Arc::new(ids.finish())];
        Ok(Decided { fates, columns, ..Decided::default() })
    }
}

impl PersonaAssign {
    fn choose<'a>(&self, personas: &'a [Persona], embedding: &[f32]) -> Result<Vec<&'a Persona>, OperatorError> {
        let mut ranked = Vec::with_capacity(personas.len());
        for persona in personas {
            let cares_for = self.embeddings.get(&persona.id).map_or(&[] as &[f32], Vec::as_slice);
            ranked.push((similarity(embedding, cares_for)?, persona));
        }
        ranked.sort_by(|(left, one), (right, other)| right.total_cmp(left).then_with(|| one.id.cmp(&other.id)));
        let mut left: Vec<&Persona> = ranked.into_iter().map(|(_, persona)| persona).collect();
        let mut chosen: Vec<&Persona> = Vec::new();
        while chosen.len() < self.max_personas && !left.is_empty() {
            let is_new = |persona: &&Persona| chosen.iter().all(|other| first_kind(other) != first_kind(persona));
            let next = left.iter().position(is_new).unwrap_or(0);
            chosen.push(left.remove(next));
        }
        Ok(chosen)
    }
}

fn first_kind(persona: &Persona) -> Option<&str> {
    persona.asks_about.first().map(String::as_str)
}

/// The floats of one row; none where the row has no embedding.
fn vector(embeddings: &ListArray, idx: usize) -> Result<Vec<f32>, OperatorError> {
    if embeddings.is_null(idx) {
        return Ok(Vec::new());
    }
    let values = embeddings.value(idx);
    let floats = values.as_primitive_opt::<Float32Type>();
    floats
        .map(|floats| floats.values().to_vec())
        .ok_or_else(|| OperatorError::new("`embedding` holds no 32-bit floats"))
}

/// Cosine, rounded so that no last digit of an engine decides; 0 for a row without an embedding.
fn similarity(left: &[f32], right: &[f32]) -> Result<f64, OperatorError> {
    if left.is_empty() {
        return Ok(0.0);
    }
    if left.len() != right.len() {
        let message = format!(
            "`embedding` has {} numbers and the personas' encoder gives {}; set `encoder` to the one that made it",
            left.len(),
            right.len()
        );
        return Err(OperatorError::new(message));
    }
    let dot =
        |one: &[f32], other: &[f32]| -> f64 { one.iter().zip(other).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum() };
    let norm = (dot(left, left) * dot(right, right)).sqrt().max(f64::MIN_POSITIVE);
    Ok((dot(left, right) / norm * 1e6).round() / 1e6)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{DEF, PersonaAssign};
    use crate::check::{build, check_with, tiny_pipeline};
    use crate::{Persona, PersonaBank};

    fn persona(id: &str, kind: &str) -> Persona {
        let text = String::new;
        let asks_about = vec![kind.to_owned()];
        Persona { id: id.to_owned(), who: text(), cares_for: text(), asks_about, lead_in: Vec::new() }
    }

    fn chosen(max_personas: usize, embedding: &[f32]) -> Vec<String> {
        let pipeline = tiny_pipeline();
        let bank = PersonaBank::load(&pipeline.resources, "personas").unwrap();
        let personas = [persona("b", "date"), persona("a", "date"), persona("c", "name"), persona("d", "date")];
        let vectors = [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0], [0.9, 0.1]];
        let embeddings: BTreeMap<String, Vec<f32>> =
            personas.iter().zip(vectors).map(|(persona, vector)| (persona.id.clone(), vector.to_vec())).collect();
        let assign = PersonaAssign { bank, embeddings, max_personas };
        assign.choose(&personas, embedding).unwrap().iter().map(|persona| persona.id.clone()).collect()
    }

    #[test]
    fn the_nearest_come_first_and_ids_break_ties() {
        assert_eq!(chosen(1, &[2.0, 0.0]), ["a"]);
        assert_eq!(chosen(1, &[0.0, 1.0]), ["c"]);
    }

    #[test]
    fn another_kind_of_fact_goes_before_a_nearer_persona() {
        assert_eq!(chosen(2, &[1.0, 0.0]), ["a", "c"]);
        assert_eq!(chosen(4, &[1.0, 0.0]), ["a", "c", "b", "d"]);
    }

    #[test]
    fn a_document_gets_personas_of_its_domain_only() {
        let pipeline = tiny_pipeline();
        let vector = format!("<{}>", ["0.25"; 16].join(" "));
        check_with(
            &DEF,
            "encoder = \"tiny\"",
            &pipeline.resources,
            &format!("domain | embedding\nMoney | {vector}\nmoney | \\0\nLaw | {vector}\n\\0 | {vector}"),
            "accept | [banker, trader]
             accept | [banker, trader]
             reject no_persona: Law | []
             reject no_persona: no domain | []",
        );
    }

    #[test]
    fn an_embedding_of_another_encoder_stops_the_run() {
        let pipeline = tiny_pipeline();
        let operator = build(&DEF, "encoder = \"tiny\"", &pipeline.resources).unwrap();
        let quarry_engine::operator::Operator::Compute(assign) = operator else { unreachable!() };
        let batch = crate::check::batch("domain | embedding\nMoney | <1 0>");
        let error = assign.decide(quarry_engine::operator::Rows::new(&batch)).unwrap_err().to_string();
        assert!(error.contains("`embedding` has 2 numbers"), "{error}");
    }
}
