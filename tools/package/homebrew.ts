import {
  about,
  type Download,
  download,
  executableOf,
  neverTried,
  type Release,
} from "./release.ts";

/**
 * Returns unbrick.rb, a Homebrew formula for a tap of one's own: formulae that install a binary are
 * not for Homebrew's core (host-systems.md 7.2). A formula sets no quarantine attribute, a cask
 * does.
 * @throws MissingFile
 */
export function homebrewFormula(release: Release): string {
  return `# ${neverTried("Homebrew")}
class Unbrick < Formula
  desc ${quoted(about.summary)}
  homepage ${quoted(release.repository)}
  version ${quoted(release.version)}
  license ${quoted(about.licence)}

${system("macos", executableOf(release, "macos-arm64"), executableOf(release, "macos-x64"))}

${system("linux", executableOf(release, "linux-arm64"), executableOf(release, "linux-x64"))}

  resource "man" do
${located(download(release, "unbrick.1"), "    ")}
  end

  def install
    bin.install Dir["unbrick-*"].first => "unbrick"
    generate_completions_from_executable(bin/"unbrick", "completion", shells: [:bash, :zsh, :fish])
    resource("man").stage { man1.install "unbrick.1" }
  end

  test do
    assert_equal version.to_s, shell_output("#{bin}/unbrick --version").strip
  end
end
`;
}

function system(name: "macos" | "linux", arm: Download, intel: Download): string {
  return `  on_${name} do
    on_arm do
${located(arm, "      ")}
    end
    on_intel do
${located(intel, "      ")}
    end
  end`;
}

function located({ url, sha256 }: Download, indent: string): string {
  return `${indent}url ${quoted(url)}\n${indent}sha256 ${quoted(sha256)}`;
}

/** Returns a string as Ruby writes it. */
function quoted(value: string): string {
  return `"${value.replaceAll(/["\\#]/g, "\\$&")}"`;
}
