using PeftLabs.Memory;

namespace PeftLabs.Planning;

/// <summary>
/// The names and formulas of what a step holds beside weights and state. N are the tokens of a batch, B × T; n its labelled ones; h
/// hidden, f inner, q and k the query's and the key's features, H heads, d their size, r ranks, V the vocabulary.
/// </summary>
internal static class PlanTerms
{
    public static readonly PlanTerm
        Gradients = new("gradients", "4·numbers trained", MemoryCategory.Gradients),
        Batch = PlanTerm.Workspace("ids and labels", "16·N"),
        Loss = PlanTerm.Workspace("the loss", "4"),
        Labels = PlanTerm.Workspace("labels and their places", "16·n"),
        HeadInput = PlanTerm.Workspace("the head's input", "4·n·h"),
        Logits = PlanTerm.Workspace("logits", "4·n·V"),
        HeadGradients = PlanTerm.Workspace("gradients of the chunked head", "4·n·h + 4·V·h where the head is trained"),
        Rotation = PlanTerm.Activation("cosines and sines", "4·T·d"),
        Anchor = PlanTerm.Activation("what makes recomputed blocks be reached", "4"),
        Tile = PlanTerm.Workspace("tile of decoded weights", "4·rows·in"),
        States = PlanTerm.Workspace("hidden states in passing", "4·N·h each"),
        Products = PlanTerm.Workspace("projections' outputs in passing", "4·N·out each"),
        Scores = PlanTerm.Workspace("attention's scores", "4·tokens² each, of some heads"),
        ScoreGradients = PlanTerm.Workspace("attention's scores and their gradients", "4·tokens² each, of some heads"),
        BackwardWork = PlanTerm.Workspace("gradients of activations", "4·N·(h, q, k or f) each"),
        OptimizerWork = PlanTerm.Workspace("what the optimizer works with", "sums, norms or a projected gradient");
}
