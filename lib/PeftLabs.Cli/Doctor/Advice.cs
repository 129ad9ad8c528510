using System.Globalization;

namespace PeftLabs.Cli.Doctor;

/// <summary>What is wrong with a machine, and what to do about it.</summary>
public static class Advice
{
    /// <summary>A core below this many GFLOP/s in float32 products multiplies without vector instructions.</summary>
    public const double SlowGflopsPerCore = 20;

    /// <summary>The warnings for a report, the costliest first; none where all is well.</summary>
    public static IReadOnlyList<string> For(DoctorReport report)
    {
        var advice = new List<string>();
        if (IsBusy(report))
            advice.Add(string.Create(CultureInfo.InvariantCulture,
                $"Other programs keep the machine busy (load {report.Load:0.0} on {report.Machine.Cores} cores): it is faster than this says."));
        if (Blas(report) is { } blas)
            advice.Add(blas);
        if (report.Threads < report.Machine.Cores)
            advice.Add($"libtorch computes on {report.Threads} of {report.Machine.Cores} cores: unset OMP_NUM_THREADS, or set it to {report.Machine.Cores}.");
        if (report.Machine.Gpus.Count > 0 && !report.Cuda)
            advice.Add("The GPU stays unused: this libtorch knows only the CPU. "
                + "Set LIBTORCH to a libtorch with CUDA (a PyTorch wheel's torch folder will do), then ./lab setup --provider local.");
        if (report.Plotly is null)
            advice.Add("plotly.js is missing, so figures are not drawn: ./lab setup fetches it.");
        if (report.Chromium is null)
            advice.Add("Chromium is missing, so figures get no PNG copies: ./lab setup --images installs it.");
        return advice;
    }

    private static string? Blas(DoctorReport report)
    {
        // More threads than cores do not make a core slower than it is.
        var perCore = report.MatmulGflops / Math.Max(1, Math.Min(report.Threads, report.Machine.Cores));
        if (report.Machine.Blas == "reference")
            return $"libtorch multiplies with the reference BLAS ({report.BlasPath}), some thirty times slower than OpenBLAS: "
                + "apt-get install -y --no-install-recommends libopenblas0-pthread, "
                + "and if that is there already, update-alternatives --config libblas.so.3-$(uname -m)-linux-gnu.";
        return perCore >= SlowGflopsPerCore || IsBusy(report) ? null : string.Create(CultureInfo.InvariantCulture,
            $"A core multiplies at {perCore:0.0} GFLOP/s with {report.Machine.Blas ?? "an unknown BLAS"}, below {SlowGflopsPerCore:0}: "
            + $"this BLAS does not know the processor, or the machine lends only part of a core.");
    }

    private static bool IsBusy(DoctorReport report) => report.Load > report.Machine.Cores * 0.75;
}
