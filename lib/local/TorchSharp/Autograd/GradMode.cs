namespace TorchSharp;

public static partial class torch
{
    public static bool is_grad_enabled() => Native.shim_grad_mode(-1) != 0;
    public static IDisposable no_grad() => new GradMode(false);
    public static IDisposable enable_grad(bool enabled = true) => new GradMode(enabled);
    public static IDisposable set_grad_enabled(bool mode = true) => new GradMode(mode);
    public static bool is_inference_mode_enabled() => Native.shim_is_inference() != 0;
    public static IDisposable inference_mode(bool mode = true) => new InferenceMode(mode);

    /// <summary>Sets the thread's grad mode until it is disposed.</summary>
    private sealed class GradMode(bool enabled) : IDisposable
    {
        private readonly int _before = Native.shim_grad_mode(enabled ? 1 : 0);

        public void Dispose() => Native.shim_grad_mode(_before);
    }

    private sealed class InferenceMode(bool enabled) : IDisposable
    {
        private nint _guard = Native.shim_inference_begin(enabled ? 1 : 0);

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _guard, 0) is var guard && guard != 0) Native.shim_inference_end(guard);
        }
    }
}
