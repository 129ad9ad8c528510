namespace PeftLabs.Models;

/// <summary>Keys that such queries are held against, counted from the span's first.</summary>
internal readonly record struct KeyTile(long FirstKey, long Keys);
