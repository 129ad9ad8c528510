using System.Collections;
using System.Text.Json.Nodes;

namespace PeftLabs.Plotting;

/// <summary>The values of a trace along one axis: numbers, or names of categories. A number that is not finite leaves a gap.</summary>
public sealed class PlotValues : IReadOnlyList<object>
{
    private readonly object[] _values;

    private PlotValues(IEnumerable<object> values) => _values = [.. values];

    /// <inheritdoc/>
    public int Count => _values.Length;

    /// <inheritdoc/>
    public object this[int index] => _values[index];

    /// <summary>Numbers.</summary>
    public static PlotValues Of(IEnumerable<double> values) => new(values.Select(value => (object)value));

    /// <summary>Names of categories.</summary>
    public static PlotValues Of(IEnumerable<string> values) => new(values);

    /// <summary>Numbers.</summary>
    public static implicit operator PlotValues(double[] values) => Of(values);

    /// <summary>Whole numbers.</summary>
    public static implicit operator PlotValues(int[] values) => Of(values.Select(value => (double)value));

    /// <summary>Names of categories.</summary>
    public static implicit operator PlotValues(string[] values) => Of(values);

    /// <inheritdoc/>
    public IEnumerator<object> GetEnumerator() => ((IEnumerable<object>)_values).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    internal JsonArray ToNode() => [.. _values.Select(Json.Value)];
}
