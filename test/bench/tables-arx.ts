import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../pipeline/core/package-root.ts";

/*
 * ARX beside ours: the same file, hierarchies, k, suppression limit and metric. Nothing is fetched:
 * PROBITY_ARX_JAR names the jar (libarx from its releases or Maven), and java has to be on the path.
 * Prints the levels, the loss and the milliseconds of the last of five searches after load.
 */
const DRIVER = `
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.deidentifier.arx.ARXAnonymizer;
import org.deidentifier.arx.ARXConfiguration;
import org.deidentifier.arx.ARXLattice;
import org.deidentifier.arx.ARXResult;
import org.deidentifier.arx.AttributeType;
import org.deidentifier.arx.Data;
import org.deidentifier.arx.criteria.KAnonymity;
import org.deidentifier.arx.metric.Metric;

public class Driver {
  public static void main(String[] words) throws Exception {
    String folder = words[0];
    int k = Integer.parseInt(words[1]);
    double suppression = Double.parseDouble(words[2]);
    String[] columns = words[3].split(",");
    for (int round = 0; round < 5; round++) {
      Data data = Data.create(folder + "/adult.csv", StandardCharsets.UTF_8, ';');
      for (String column : columns) {
        String file = folder + "/adult_hierarchy_" + column + ".csv";
        data.getDefinition().setAttributeType(
            column, AttributeType.Hierarchy.create(file, StandardCharsets.UTF_8, ';'));
      }
      ARXConfiguration config = ARXConfiguration.create(suppression, Metric.createLossMetric());
      config.addPrivacyModel(new KAnonymity(k));
      data.getHandle();
      long start = System.nanoTime();
      ARXResult result = new ARXAnonymizer().anonymize(data, config);
      long milliseconds = (System.nanoTime() - start) / 1000000;
      if (round < 4) continue;
      ARXLattice.ARXNode node = result.getGlobalOptimum();
      System.out.println("levels " + Arrays.toString(node.getTransformation())
          + " of " + Arrays.toString(node.getQuasiIdentifyingAttributes())
          + ", loss " + node.getHighestScore() + ", " + milliseconds + " ms");
    }
  }
}
`;

/** One line: what ARX found and how long it took, or why it was not run. */
export function arxLine(columns: readonly string[], k: number, suppression: number): string {
  const jar = process.env.PROBITY_ARX_JAR;
  if (jar === undefined) return "ARX: not run, PROBITY_ARX_JAR names no jar";
  if (!existsSync(jar)) return `ARX: not run, there is no ${jar}`;
  if (spawnSync("java", ["-version"]).status !== 0) return "ARX: not run, there is no java";
  const folder = mkdtempSync(join(tmpdir(), "probity-arx-"));
  try {
    const driver = join(folder, "Driver.java");
    writeFileSync(driver, DRIVER);
    const adult = fileURLToPath(new URL("../shared/data/anonymity/adult", packageRoot));
    const words = [driver, adult, String(k), String(suppression), columns.join()];
    const { status, stdout, stderr } = spawnSync("java", ["-cp", jar, ...words], {
      encoding: "utf8",
    });
    if (status === 0) return `ARX: ${stdout.trim()}`;
    return `ARX: failed: ${stderr.split("\n").slice(0, 3).join(" ")}`;
  } finally {
    rmSync(folder, { recursive: true });
  }
}
