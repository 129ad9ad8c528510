namespace PeftLabs.Labs;

/// <summary>How far a stored projection is from the one that was stored.</summary>
/// <param name="Layer">The block.</param>
/// <param name="Projection">The kind, such as <c>self_attn.q_proj</c>.</param>
/// <param name="SquaredError">Σ(Ŵ − W)².</param>
/// <param name="SquaredWeight">ΣW².</param>
public sealed record ProjectionError(int Layer, string Projection, double SquaredError, double SquaredWeight)
{
    /// <summary>‖Ŵ − W‖ / ‖W‖: the root-mean-square error relative to the weights' root mean square; zero for a matrix of zeros kept.</summary>
    public double Relative => Together([this]);

    internal static double Together(IEnumerable<ProjectionError> errors)
    {
        var (error, weight) = errors.Aggregate((0.0, 0.0), (sum, e) => (sum.Item1 + e.SquaredError, sum.Item2 + e.SquaredWeight));
        return error == 0 ? 0 : Math.Sqrt(error / weight);
    }
}
