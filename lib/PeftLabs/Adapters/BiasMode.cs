namespace PeftLabs.Adapters;

/// <summary>Which biases of the base model are trained with an adapter, as PEFT's <c>bias</c> says it.</summary>
public enum BiasMode
{
    /// <summary>None ("none").</summary>
    None,

    /// <summary>Every bias of the model ("all").</summary>
    All,

    /// <summary>The biases of the projections that the adapter hangs on ("lora_only").</summary>
    LoraOnly,
}
