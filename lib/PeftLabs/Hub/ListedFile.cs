namespace PeftLabs.Hub;

/// <summary>A file as the hub lists it; a mirror may leave out size and hash.</summary>
internal sealed record ListedFile(string Name, long? Size, string? Hash);
