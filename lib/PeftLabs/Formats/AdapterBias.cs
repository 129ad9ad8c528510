namespace PeftLabs.Formats;

/// <summary>Which biases of the base model are trained beside the adapter.</summary>
public enum AdapterBias
{
    /// <summary>None.</summary>
    None,
    /// <summary>All of the model.</summary>
    All,
    /// <summary>Those of the modules that carry the adapter.</summary>
    LoraOnly,
}
