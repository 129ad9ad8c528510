namespace PeftLabs.Formats;

/// <summary>How fresh LoRA matrices are filled: PEFT's init_lora_weights, of which these leave the base weights as they are.</summary>
public enum LoraInitialization
{
    /// <summary>true: A Kaiming-uniform, B zero, so that the adapter starts as no change.</summary>
    Kaiming,
    /// <summary>false: both random, for tests.</summary>
    Random,
    /// <summary>gaussian: A normal with standard deviation 1/rank, B zero.</summary>
    Gaussian,
    /// <summary>orthogonal: A and B from the halves of one orthogonal basis, so that B A starts as zero.</summary>
    Orthogonal,
}
