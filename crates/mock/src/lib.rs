//! An OpenAI-compatible server that models a real one: slots, decode speed that falls with load, prefix caching, metrics,
//! faults on demand, and sensible answers. It sees what a server sees and nothing else of a recipe.
