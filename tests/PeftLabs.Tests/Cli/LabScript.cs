using System.Diagnostics;

namespace PeftLabs.Tests.Cli;

/// <summary>A copy of the lab script in a folder of its own, on a machine made of stubs: what is not stubbed is not there.</summary>
public sealed class LabScript : IDisposable
{
    private static readonly string[] Tools =
    [
        "awk", "bash", "cat", "cksum", "cut", "dirname", "env", "find", "flock", "grep", "head", "mkdir", "mktemp", "mv", "paste", "readlink",
        "rm", "sed", "sleep", "sort", "tail", "touch",
    ];

    private readonly string _folder = Directory.CreateTempSubdirectory("lab script ").FullName;

    /// <summary>A Debian 12 with root, Node and the SDK, libtorch installed, whose libstdc++ is too old for the packages.</summary>
    public LabScript()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the lab script is for Linux and macOS");
        Directory.CreateDirectory(Bin);
        Copy("lab", "Directory.Build.props", "lib/PeftLabs.Cli/Script");
        foreach (var tool in Tools)
            File.CreateSymbolicLink(Path.Combine(Bin, tool), Found(tool));
        var library = Path.Combine(_folder, "libstdc++.so.6");
        Stub("id", "echo ${STUB_UID:-0}");
        Stub("uname", "[[ $1 == -s ]] && echo Linux || echo ${STUB_MACHINE:-x86_64}");
        Stub("ldconfig", $"echo '	libstdc++.so.6 (libc6,x86-64) => {library}'");
        Stub("dpkg-query", "echo installed");
        Stub("apt-get", "echo apt");
        Stub("g++", "true");
        Stub("npm", """
            while [[ $1 != --prefix ]]; do shift; done
            mkdir -p "$2/node_modules/plotly.js-basic-dist-min"
            touch "$2/node_modules/plotly.js-basic-dist-min/plotly-basic.min.js"
            """);
        Stub("dotnet", """
            case $1 in
                --list-sdks) echo "9.0.100 [/x]"; echo "10.0.401 [/x]" ;;
                restore) [[ -z ${STUB_RESTORE:-} ]] || { echo "$STUB_RESTORE"; exit 1; } ;;
                build)
                    sleep "${STUB_BUILD_SECONDS:-0}"
                    [[ -z ${STUB_BUILD:-} ]] || { echo "$STUB_BUILD"; exit 1; }
                    program=$(dirname "$2"); program=${program%/lib/PeftLabs.Cli}/artifacts/bin/PeftLabs.Cli/release
                    mkdir -p "$program"; touch "$program/lab.dll" ;;
                format) [[ -z ${STUB_FORMAT:-} ]] || exit 2 ;;
                *PeftLabs.Tests.dll) echo "   PeftLabs.Tests  ${STUB_TESTS-Total: 5, Errors: 0, Failed: 0, Skipped: 1, Not Run: 0, Time: 1s}"; exit ${STUB_TESTS_CODE:-0} ;;
                *) echo "provider $PackageProvider ran ${*:2}" ;;
            esac
            """);
        OldLibrary();
    }

    /// <summary>The copied repository's root.</summary>
    public string Root => Path.Combine(_folder, "the kit");

    private string Bin => Path.Combine(_folder, "bin");

    private string CallsFile => Path.Combine(_folder, "calls");

    /// <summary>The stubs' calls so far, a line each: name and arguments.</summary>
    public string[] Calls => File.Exists(CallsFile) ? File.ReadAllLines(CallsFile) : [];

    /// <summary>How often a stub was called with arguments that start so.</summary>
    public int Count(string call) => Calls.Count(line => line.StartsWith(call, StringComparison.Ordinal));

    /// <summary>libstdc++ of GCC 12.</summary>
    public void OldLibrary() => File.WriteAllText(Path.Combine(_folder, "libstdc++.so.6"), "\0GLIBCXX_3.4.29\0GLIBCXX_3.4.30\0");

    /// <summary>libstdc++ of GCC 13.</summary>
    public void NewLibrary() => File.WriteAllText(Path.Combine(_folder, "libstdc++.so.6"), "\0GLIBCXX_3.4.30\0GLIBCXX_3.4.32\0");

    /// <summary>Puts a program on the machine; each call is noted.</summary>
    public void Stub(string name, string body)
    {
        var file = Path.Combine(Bin, name);
        File.WriteAllText(file, $"#!{Found("bash")}\necho \"{name} $*\" >>'{CallsFile}'\n{body}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    /// <summary>Takes a program off the machine.</summary>
    public void Remove(string name) => File.Delete(Path.Combine(Bin, name));

    /// <summary>Runs the script; settings are NAME=value for its environment.</summary>
    public LabResult Run(string[] arguments, params string[] settings)
    {
        using var process = Start(arguments, settings);
        return Finish(process);
    }

    /// <summary>Starts the script.</summary>
    public Process Start(string[] arguments, params string[] settings) => StartFile(Path.Combine(Root, "lab"), arguments, settings);

    /// <summary>Starts a file that is, or leads to, the script.</summary>
    public Process StartFile(string file, string[] arguments, params string[] settings)
    {
        var start = new ProcessStartInfo(file, arguments) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" };
        start.Environment.Clear();
        start.Environment["PATH"] = Bin;
        start.Environment["HOME"] = _folder;
        foreach (var setting in settings)
            start.Environment[setting.Split('=', 2)[0]] = setting.Split('=', 2)[1];
        return Process.Start(start)!;
    }

    /// <summary>Waits for the script's end.</summary>
    public static LabResult Finish(Process process)
    {
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        Assert.True(process.WaitForExit(TimeSpan.FromMinutes(2)), "the script does not end");
        return new(process.ExitCode, output, error.Result);
    }

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Copy(params string[] paths)
    {
        foreach (var path in paths)
        {
            var from = Path.Combine(Shared.Root, path);
            var files = Directory.Exists(from) ? Directory.GetFiles(from) : [from];
            foreach (var file in files)
            {
                var to = Path.Combine(Root, Path.GetRelativePath(Shared.Root, file));
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(file, to);
            }
        }
    }

    private static string Found(string tool) =>
        new[] { "/usr/bin", "/bin", "/usr/local/bin" }.Select(folder => Path.Combine(folder, tool)).First(File.Exists);
}

/// <summary>What a run of the script gave.</summary>
public sealed record LabResult(int Code, string Output, string Error);
