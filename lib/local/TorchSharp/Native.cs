using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace TorchSharp;

/// <summary>The shim over libtorch, native/*.cpp.</summary>
internal static unsafe partial class Native
{
    private const string Library = "TorchSharpShim";
    private static readonly ConcurrentDictionary<long, Exception> Thrown = new();
    private static long _lastThrown;

    // Not a static constructor: what is wrong with the library should arrive as itself.
    [ModuleInitializer]
    public static void Initialize() => NativeLibrary.SetDllImportResolver(typeof(Native).Assembly, Resolve);

    /// <summary>What went wrong in the last call of this thread, ready to throw.</summary>
    public static Exception Error()
    {
        long id;
        var message = Marshal.PtrToStringUTF8((nint)shim_error(&id));
        if (id != 0 && Thrown.TryRemove(id, out var exception))
            ExceptionDispatchInfo.Throw(exception);
        return new ExternalException(message);
    }

    public static void Check(int result)
    {
        if (result < 0) throw Error();
    }

    public static nint Check(nint result) => result != 0 ? result : throw Error();

    /// <summary>Keeps an exception while it crosses libtorch; the number finds it again.</summary>
    public static long Keep(Exception exception)
    {
        var id = Interlocked.Increment(ref _lastThrown);
        Thrown[id] = exception;
        return id;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library) return 0;
        var file = Path.Combine(Path.GetDirectoryName(assembly.Location) is { Length: > 0 } folder ? folder : AppContext.BaseDirectory,
            "libTorchSharpShim.so");
        if (!File.Exists(file))
            throw new DllNotFoundException($"{file} is missing: this TorchSharp was built where no libtorch was found. Install "
                + "libtorch-dev, libopenblas0-pthread and g++, or set LIBTORCH to a folder with libtorch's include/ and lib/, "
                + "and build again.");
        var library = NativeLibrary.Load(file);
        // libtorch's own default is one thread where it works on OpenBLAS.
        var setThreads = (delegate* unmanaged<int, int, int>)NativeLibrary.GetExport(library, nameof(shim_set_threads));
        setThreads(Environment.ProcessorCount, 0);
        return library;
    }
}
