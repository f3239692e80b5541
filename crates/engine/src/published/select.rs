//! A SQL predicate over the columns of pairs, compiled once before any row is read.

use std::sync::Arc;

use arrow::datatypes::{DataType, SchemaRef};
use datafusion::common::{DFSchema, SchemaError};
use datafusion::error::DataFusionError;
use datafusion::physical_expr::PhysicalExpr;
use datafusion::prelude::SessionContext;

use crate::Error;
use crate::recipe::{closest, did_you_mean, list_names};

/// Compiles a predicate.
///
/// # Errors
/// It cannot be understood, names a column that pairs do not have, or is not true or false.
pub(super) fn compile(sql: &str, schema: &SchemaRef) -> Result<Arc<dyn PhysicalExpr>, Error> {
    let context = SessionContext::new();
    let wrong = |error: DataFusionError| Error::Usage(format!("`--select`: {}", explain(error, schema)));
    let columns = DFSchema::try_from(schema.as_ref().clone()).map_err(wrong)?;
    let expr = context.parse_sql_expr(sql, &columns).map_err(wrong)?;
    if expr.is_volatile() {
        return Err(Error::Usage(
            "`--select` gives another value each time; an export must come out the same".to_owned(),
        ));
    }
    let physical = context.create_physical_expr(expr, &columns).map_err(wrong)?;
    match physical.data_type(schema).map_err(wrong)? {
        DataType::Boolean => Ok(physical),
        other => Err(Error::Usage(format!("`--select` gives {other}, not true or false"))),
    }
}

/// Says an unknown column in the user's words; other mistakes as SQL reports them.
fn explain(error: DataFusionError, schema: &SchemaRef) -> String {
    if let DataFusionError::SchemaError(schema_error, _) = error.find_root()
        && let SchemaError::FieldNotFound { field, .. } = schema_error.as_ref()
    {
        let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
        let close = closest(&field.name, names.iter().copied());
        let hint = did_you_mean(close, format!("pairs have {}", list_names(names)));
        return format!("pairs have no column `{}`; {hint}", field.name);
    }
    error.strip_backtrace().to_string()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use datafusion::physical_expr::PhysicalExpr;

    use crate::Error;
    use crate::published::pairs::schema_of;

    fn compile(sql: &str) -> Result<Arc<dyn PhysicalExpr>, Error> {
        super::compile(sql, &schema_of(None)?)
    }

    #[test]
    fn columns_of_pairs_can_be_compared_and_fields_of_structs_too() {
        for sql in [
            "domain = 'Math' AND answer_type IN ('integer', 'decimal')",
            "difficulty IS NULL OR difficulty < 0.5",
            "length(question) < 300",
            "gen['model'] LIKE 'cloze%'",
        ] {
            assert!(compile(sql).is_ok(), "{sql}: {:?}", compile(sql).err());
        }
    }

    #[test]
    fn an_unknown_column_is_told_with_the_closest_one() {
        let error = compile("domian = 'Math'").unwrap_err().to_string();
        assert!(error.contains("no column `domian`") && error.contains("did you mean `domain`?"), "{error}");
        let error = compile("zebra > 1").unwrap_err().to_string();
        assert!(error.contains("`answer_type`"), "{error}");
    }

    #[test]
    fn what_is_no_predicate_is_refused() {
        for sql in ["domain", "1 + 1", "domain = ", "random() < 0.5", "count(id) > 1", ""] {
            assert!(compile(sql).is_err(), "{sql}");
        }
    }
}
