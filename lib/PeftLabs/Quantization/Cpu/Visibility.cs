using System.Runtime.CompilerServices;

// The tests run every kernel path that the machine has, not only the fastest.
[assembly: InternalsVisibleTo("PeftLabs.Tests")]
