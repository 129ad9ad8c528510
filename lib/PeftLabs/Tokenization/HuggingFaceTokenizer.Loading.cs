using System.Security.Cryptography;

namespace PeftLabs.Tokenization;

public sealed partial class HuggingFaceTokenizer
{
    /// <summary>
    /// Reads a tokenizer, and from the <c>tokenizer_config.json</c> beside it which of its tokens begin, end and pad a text.
    /// </summary>
    /// <param name="fileOrFolder">A tokenizer.json, a tokenizer.model, or a folder that holds one; of both the first.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="TokenizerFileException">A file is broken, or asks for something that is not supported.</exception>
    public static HuggingFaceTokenizer Load(string fileOrFolder)
    {
        ArgumentNullException.ThrowIfNull(fileOrFolder);
        var file = Find(fileOrFolder);
        var folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        var (config, hash) = (TokenizerConfig.Read(folder), HashOf(file, TokenizerConfig.FileIn(folder)));
        if (file.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
            return new(TokenizerJsonReader.Read(file), config, hash);
        return new(SentencePieceReader.Read(file, config), config with { AddBosToken = config.AddBosToken ?? true }, hash);
    }

    private static string HashOf(params ReadOnlySpan<string> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
            hash.AppendData(File.Exists(file) ? SHA256.HashData(File.ReadAllBytes(file)) : []);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static string Find(string fileOrFolder)
    {
        if (!Directory.Exists(fileOrFolder))
            return File.Exists(fileOrFolder) ? fileOrFolder
                : throw new FileNotFoundException($"{fileOrFolder} is neither a tokenizer file nor a folder with one.", fileOrFolder);
        string[] candidates = [Path.Combine(fileOrFolder, "tokenizer.json"), Path.Combine(fileOrFolder, "tokenizer.model")];
        return candidates.FirstOrDefault(File.Exists)
            ?? throw new FileNotFoundException($"{fileOrFolder} holds neither tokenizer.json nor tokenizer.model.", candidates[0]);
    }
}
