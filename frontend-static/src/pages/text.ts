import "../styles/main.css";
import { startFrame } from "../lib/frame";

startFrame();
