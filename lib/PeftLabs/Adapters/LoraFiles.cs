namespace PeftLabs.Adapters;
internal static class LoraFiles { public static LoraAdapter Load(Models.CausalLM m, string f)=>throw new InvalidOperationException(); public static void Save(LoraAdapter a,string f,string? b){} }
